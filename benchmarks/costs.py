"""What a run costs, and what it costs to begin.

    python -m benchmarks.costs [--clients A,B] [--repeat N] [--rounds N]

Runs: one scenario in good weather and one that cuts the connection, judged, through
Toxiproxy, with the reference client, an SDK of each language, and a page in a browser.
What is not there is left out, and said. Start-up: `midstream --help`, in turns with
Python itself. All numbers are medians.
"""

import asyncio
import subprocess
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from midstream.harness.clients import CLIENTS
from midstream.harness.errors import UnavailableError
from midstream.harness.plan.plan import Plan, make_plan, select
from midstream.harness.reports.console.progress import Quiet
from midstream.harness.runs.campaign import RunOutcome, RunSettings, run_all

from .command import run
from .errors import BenchmarkError
from .machine import describe
from .rounds import Spread
from .tables import NONE, Goal, said, table

NAMES: Final = ("reference", "openai_python", "openai_node", "deep_chat")
CALM: Final = "baseline/short_answer"
"""The scenario in which nothing goes wrong."""
CUT: Final = "midstream/reset_after_first_delta"
"""The one in which the same answer is cut."""
HELP: Final = "midstream --help"
SOON: Final = Goal(HELP, 150, is_least=False, unit=" ms")
_PYTHON: Final = "python -c pass"
_HEAD: Final = ("run", "calm s", "slowest", "cut s", "slowest", "once s", "runs")
_ONCE: Final = "Once: what all runs share, and runs that others are held against."


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """What runs of one client take, in seconds.

    *calm* and *cut* are those of one run of each scenario, None: there is none; *once*
    is what all runs of a client need, however many they are.
    """

    calm: Spread | None
    cut: Spread | None
    once_s: float


def answer_s() -> float:
    """Return how long the scenarios' answer takes at the pace at which it is played."""
    (plan,) = _plans([CALM])
    stream = plan.cassettes[0].streams()[0]
    return stream.chunks[-1].t / plan.scenario.speed


def judged(client: str, repeat: int, folder: Path) -> RunCost:
    """Run both scenarios *repeat* times with *client*, in turns, through Toxiproxy.

    Raises:
        BenchmarkError: What the client needs is not there, or a run proves nothing.
    """
    settings = RunSettings(jobs=1, seed=0, out=folder, repeat=repeat)
    began_s = perf_counter()
    try:
        work = run_all(_plans([CALM, CUT]), [CLIENTS[client]()], settings, Quiet())
        done = asyncio.run(work)
    except UnavailableError as error:
        raise BenchmarkError(f"{client}: {error}") from error
    return _cost(done.by_client[client], perf_counter() - began_s)


def _cost(outcomes: Sequence[RunOutcome], total_s: float) -> RunCost:
    """Return what *outcomes*, which took *total_s* together, come to."""
    took = {CALM: list[float](), CUT: list[float]()}
    for outcome in outcomes:
        took[outcome.judgement.scenario].append(outcome.duration_s)
    once_s = total_s - sum(outcome.duration_s for outcome in outcomes)
    return RunCost(calm=Spread.of(took[CALM]), cut=Spread.of(took[CUT]), once_s=once_s)


def _plans(scenarios: Sequence[str]) -> list[Plan]:
    return [make_plan(scenario) for scenario in select(scenarios)]


def start_ms(rounds: int) -> dict[str, Spread | None]:
    """Return how long commands take from start to end, in turns.

    Raises:
        BenchmarkError: A command fails.
    """
    python = sys.executable
    commands = {
        _PYTHON: (python, "-c", "pass"),
        HELP: (str(Path(python).with_name("midstream")), "--help"),
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            began_s = perf_counter()
            done = subprocess.run(  # noqa: S603 - named above
                command, stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                raise BenchmarkError(f"{name} fails; what it says is above")
            took[name].append(1000 * (perf_counter() - began_s))
    return {name: Spread.of(each) for name, each in took.items()}


def report(
    started: Mapping[str, Spread | None], costs: Mapping[str, RunCost]
) -> list[str]:
    """Return whether the goal is reached, and a line for each command and client."""
    starts = [[name, said(spread)] for name, spread in started.items()]
    return [
        *(SOON.line(started.get(HELP)), ""),
        *(*table(("command", "ms"), starts), ""),
        *table(_HEAD, [_row(name, cost) for name, cost in costs.items()]),
    ]


def _row(name: str, cost: RunCost) -> list[str]:
    runs = sum(spread.n for spread in (cost.calm, cost.cut) if spread)
    spreads = (*_seconds(cost.calm), *_seconds(cost.cut))
    return [name, *spreads, f"{cost.once_s:.2f}", f"{runs}"]


def _seconds(spread: Spread | None) -> tuple[str, str]:
    return (f"{spread.mid:.2f}", f"{spread.high:.2f}") if spread else (NONE, NONE)


def measure(clients: Sequence[str], repeat: int) -> dict[str, RunCost]:
    """Return what runs cost; of a client that is not there, say why."""
    costs: dict[str, RunCost] = {}
    with TemporaryDirectory() as folder:
        for client in clients:
            try:
                costs[client] = judged(client, repeat, Path(folder))
            except BenchmarkError as error:
                sys.stderr.write(f"  {error}\n")
    return costs


def main() -> list[str]:
    """Measure, and return what is printed."""
    parser = ArgumentParser(
        description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--clients",
        type=lambda text: text.split(","),
        default=list(NAMES),
        metavar="A,B",
        help=f"whose runs: {', '.join(NAMES)}, or any that `midstream list` knows",
    )
    parser.add_argument("--repeat", type=int, default=5, help="runs of each scenario")
    parser.add_argument("--rounds", type=int, default=15, help="calls of each command")
    args = parser.parse_args()
    started, costs = start_ms(args.rounds), measure(args.clients, args.repeat)
    last = f"The answer by itself takes {answer_s():.2f} s. {_ONCE}"
    return [describe(), "", *report(started, costs), last]


if __name__ == "__main__":
    run(main)
