"""What a run costs, and what it costs to begin.

    python -m benchmarks.costs [--clients A,B] [--repeat N] [--rounds N] [--quick]

Runs: one scenario in good weather and one that cuts the connection, judged, through
Toxiproxy, with the reference client, an SDK of each language, and a page in a browser;
and the conversation alone, with a server in the same process. What is not there is left
out, and said.

Start-up: `midstream` and pytest with our plugin, in turns with Python itself. All
numbers are medians.
"""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import run_costs, startup
from .command import run
from .errors import BenchmarkError
from .machine import describe
from .rounds import Spread
from .run_costs import RunCost
from .startup import Took
from .tables import NONE, table

CLIENTS: Final = ("reference", "openai_python", "openai_node", "deep_chat")
_IN_PROCESS: Final = "in process, unjudged"
_RUN_HEAD: Final = ("run", "calm s", "slowest", "cut s", "slowest", "once s", "runs")
_NO_PLUGIN: Final = "midstream has no plugin for pytest here: none is measured."
_ONCE: Final = "Once: what all runs share, and runs that others are held against."
_START_HEAD: Final = (
    *("command", "ms", "fastest", "slowest", "CPU ms"),
    *(f"{name} to python" for name in ("ms", "CPU")),
)


def runs_table(costs: dict[str, RunCost]) -> list[str]:
    """Return a line for each client."""
    return table(_RUN_HEAD, [_run_row(name, cost) for name, cost in costs.items()])


def _run_row(name: str, cost: RunCost) -> list[str]:
    runs = sum(spread.n for spread in (cost.calm, cost.cut) if spread)
    spreads = (*_seconds(cost.calm), *_seconds(cost.cut))
    return [name, *spreads, f"{cost.once_s:.2f}", f"{runs}"]


def _seconds(spread: Spread | None) -> tuple[str, str]:
    return (f"{spread.mid:.2f}", f"{spread.high:.2f}") if spread else (NONE, NONE)


def start_table(took: dict[str, list[Took]]) -> list[str]:
    """Return a line for each command, compared round by round with Python."""
    base = took[startup.PYTHON]
    rows = [_start_row(name, each, base) for name, each in took.items()]
    return table(_START_HEAD, rows)


def _start_row(name: str, took: Sequence[Took], base: Sequence[Took]) -> list[str]:
    clock = Spread.of(1000 * each.clock_s for each in took)
    cpu = Spread.of(1000 * each.cpu_s for each in took)
    pairs = list(zip(took, base, strict=True))
    clock_ratio = Spread.of(each.clock_s / other.clock_s for each, other in pairs)
    cpu_ratio = Spread.of(each.cpu_s / other.cpu_s for each, other in pairs)
    assert clock and cpu and clock_ratio and cpu_ratio, "one round"  # noqa: S101, PT018
    return [
        name,
        *(f"{value:.0f}" for value in (clock.mid, clock.low, clock.high, cpu.mid)),
        *(f"{ratio.mid:.1f}" for ratio in (clock_ratio, cpu_ratio)),
    ]


def measure_runs(clients: Sequence[str], repeat: int) -> dict[str, RunCost]:
    """Return what runs cost; of a client that is not there, say why."""
    costs = {_IN_PROCESS: run_costs.in_process(repeat)}
    with TemporaryDirectory() as folder:
        for client in clients:
            try:
                costs[client] = run_costs.judged(client, repeat, Path(folder))
            except BenchmarkError as error:
                sys.stderr.write(f"  {error}\n")
    return costs


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--clients",
        type=lambda text: text.split(","),
        default=list(CLIENTS),
        metavar="A,B",
        help=f"whose runs: {', '.join(CLIENTS)}, or any that `midstream list` knows",
    )
    parser.add_argument(
        "--repeat", type=int, default=5, metavar="N", help="runs of each scenario"
    )
    parser.add_argument(
        "--rounds", type=int, default=15, metavar="N", help="calls of each command"
    )
    parser.add_argument("--quick", action="store_true", help="one run, three calls")
    return parser


def main() -> list[str]:
    """Measure, and return what is printed."""
    args = _parser().parse_args()
    repeat, rounds = (1, 3) if args.quick else (args.repeat, args.rounds)
    with TemporaryDirectory() as folder:
        took = startup.take_turns(startup.commands(), rounds, Path(folder))
    costs = measure_runs(args.clients, repeat)
    return [
        *(describe(), ""),
        *start_table(took),
        *([] if startup.has_plugin() else [_NO_PLUGIN]),
        *("", *runs_table(costs)),
        f"The answer by itself takes {run_costs.answer_s():.2f} s. {_ONCE}",
    ]


if __name__ == "__main__":
    run(main)
