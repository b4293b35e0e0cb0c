"""What a run costs, and what it costs to begin.

Runs: one scenario in good weather and one that cuts the connection, judged, through
Toxiproxy, with the reference client, an SDK of each language, and a page in a browser;
and the conversation alone, with a server in the same process. What is not there is left
out, and said.

Start-up: `midstream` and pytest with our plugin, in turns with Python itself. All
numbers are medians.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import machine, run_costs, startup
from .errors import BenchmarkError
from .rounds import Spread
from .run_costs import RunCost
from .startup import Took
from .table import table

CLIENTS: Final = ("reference", "openai_python", "openai_node", "deep_chat")
_IN_PROCESS: Final = "in process, unjudged"
_RUN_HEAD: Final = ("run", "calm s", "slowest", "cut s", "slowest", "once s", "runs")
_START_HEAD: Final = (
    *("command", "ms", "fastest", "slowest", "CPU ms"),
    *(f"{name} to python" for name in ("ms", "CPU")),
)


def runs_table(costs: dict[str, RunCost]) -> str:
    """Return a line for each client."""
    return table(_RUN_HEAD, [_run_row(name, cost) for name, cost in costs.items()])


def _run_row(name: str, cost: RunCost) -> list[str]:
    runs = sum(spread.n for spread in (cost.calm, cost.cut) if spread)
    spreads = (*_seconds(cost.calm), *_seconds(cost.cut))
    return [name, *spreads, f"{cost.once_s:.2f}", f"{runs}"]


def _seconds(spread: Spread | None) -> tuple[str, str]:
    return (f"{spread.mid:.2f}", f"{spread.high:.2f}") if spread else ("-", "-")


def start_table(took: dict[str, list[Took]]) -> str:
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


def _arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m benchmarks.costs",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--clients",
        default=",".join(CLIENTS),
        help="whose runs, separated by commas (%(default)s)",
    )
    parser.add_argument(
        "--repeat", type=int, default=5, help="runs of each scenario (%(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=15, help="of start-up (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="one run, three rounds")
    return parser.parse_args()


def main() -> None:
    """Measure, and print both tables."""
    args = _arguments()
    repeat, rounds = (1, 3) if args.quick else (args.repeat, args.rounds)
    print(f"{machine.describe()}\n", flush=True)
    with TemporaryDirectory() as folder:
        named = startup.commands()
        print(start_table(startup.take_turns(named, rounds, Path(folder))))
    if not startup.has_plugin():
        print("  midstream has no plugin for pytest here: nothing of it is measured")
    costs = measure_runs(args.clients.split(","), repeat)
    print(f"\n{runs_table(costs)}")
    print(
        f"  The answer by itself takes {run_costs.answer_s():.2f} s. Once: to start\n"
        "  and end what all runs share, and the runs that others are held against."
    )


if __name__ == "__main__":
    main()
