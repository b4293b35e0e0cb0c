"""What judging costs: records a second, and microseconds for each shown token.

Run as ``python -m benchmarks.oracle``. Real histories: the reference client is run
against the long answer, unhurt and cut in the middle. Histories of a load test, made
here: what the run will say is foretold, then each token is shown. All are judged over
and over.
"""

import asyncio
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.judge import judge
from midstream.harness.plan.plan import make_plan, select
from midstream.harness.record.case import Case, ClientInfo, Expect
from midstream.harness.record.history import (
    Body,
    CaseBegin,
    CaseEnd,
    ClientExit,
    Committed,
    Invoked,
    Record,
    RunStatus,
    TextPlanned,
    read,
)
from midstream.harness.record.ops import Append, Settle
from midstream.harness.reports.console.progress import Quiet
from midstream.harness.runs.campaign import RunSettings, run_all

from .command import run
from .machine import describe
from .rounds import Spread
from .tables import Goal, table

REAL = ("baseline/long_answer", "midstream/cut_at_middle")
TOKENS = (20, 200, 2000)
JUDGED_BY: Final = "load, 200 tokens"
RATE: Final = Goal(f"records a second, {JUDGED_BY},", 200_000, is_least=True)
_HEAD: Final = ("history", "records", "a second", "us a shown token")
LEAST_S: Final = 1.0
"""The least time of one measurement: short ones are repeated within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a history of *records* takes, of which *shown* show text.

    *took_s* is for all of it.
    """

    records: int
    shown: int
    took_s: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.took_s


def real_histories(folder: Path) -> dict[str, list[Record]]:
    """Run the reference client and return what was written down."""
    plans = [make_plan(scenario) for scenario in select(REAL)]
    settings = RunSettings(jobs=1, seed=0, out=folder)
    client = CLIENTS["reference"]()
    done = asyncio.run(run_all(plans, [client], settings, Quiet()))
    return {
        outcome.judgement.scenario: [*read(outcome.directory / "history.jsonl")]
        for outcome in done.by_client["reference"]
    }


def load_history(tokens: int) -> list[Record]:
    """Return the history of a stream as a load test writes it down."""
    texts = tuple(f" w{number}" for number in range(tokens))
    case = Case(
        scenario="load/steady",
        seed=0,
        client=ClientInfo(name="loaded", version="1", level=2),
        turns=("What is it?",),
        faults=(),
        expect=Expect(ok=("UNAFFECTED",)),
        fault_class="recoverable",
        budget_s=60.0,
    )
    bodies: list[Body] = [
        CaseBegin(case=case, tool="0", toxiproxy=""),
        Invoked(turn=0, text="What is it?"),
        Committed(req=1, what="run", id="run_1", text="What is it?"),
        TextPlanned(run="run_1", message="msg_1", part=0, texts=texts),
        *(Append(message="msg_1", text=text) for text in texts),
        RunStatus(run="run_1", thread="thread_1", status="completed"),
        Settle(turn=0, claim="complete"),
        ClientExit(how="returned"),
        CaseEnd(runs={"run_1": "completed"}),
    ]
    return [
        Record(seq=seq, t_ns=seq * 1_000_000, src="harness", body=body)
        for seq, body in enumerate(bodies)
    ]


def measure(records: Sequence[Record]) -> Cost:
    """Return the CPU time of judging *records*, taken over enough of them."""
    done, began_s = 0, process_time()
    while (took_s := process_time() - began_s) < LEAST_S:
        judge(records)
        done += 1
    shown = sum(isinstance(record.body, Append) for record in records)
    return Cost(records=len(records), shown=shown, took_s=took_s / done)


def report(costs: Mapping[str, Cost]) -> list[str]:
    """Return whether the goal is reached, and a line for each history."""
    goal = RATE.line(Spread.of([costs[JUDGED_BY].rate]))
    rows = [
        [
            name,
            f"{cost.records:,}",
            f"{cost.rate:,.0f}",
            f"{cost.took_s / cost.shown * 1e6:.2f}",
        ]
        for name, cost in costs.items()
    ]
    return [goal, "", *table(_HEAD, rows)]


def main() -> list[str]:
    """Measure, and return what is printed."""
    ArgumentParser(description=__doc__).parse_args()
    with TemporaryDirectory() as folder:
        histories = real_histories(Path(folder))
    histories |= {f"load, {n} tokens": load_history(n) for n in TOKENS}
    costs = {name: measure(records) for name, records in histories.items()}
    return [describe(), "", *report(costs)]


if __name__ == "__main__":
    run(main)
