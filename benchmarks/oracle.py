"""What judging costs: records a second, and microseconds for each shown token.

Run as ``python -m benchmarks.oracle``. Real histories: the reference client is run
against the long answer, unhurt and cut in the middle. Histories of a load test, made
here: what the run will say is foretold, then each token is shown. All are judged over
and over, in turns with decoding the same records from JSON: that ratio holds on a busy
machine, and says what judging adds to reading a stored run.
"""

import asyncio
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import msgspec

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
from midstream.harness.runs.campaign import RunOutcome, RunSettings, run_all

REAL = ("baseline/long_answer", "midstream/cut_at_middle")
TOKENS = (20, 200, 2000)
LEAST_S = 0.2
"""The least time of one measurement: short ones are repeated within it."""


class Silent:
    """Hears how the runs go, and says nothing."""

    def started(self, client: str, scenario: str) -> None:
        """Ignore it."""

    def finished(self, client: str, outcome: RunOutcome) -> None:
        """Ignore it."""


def real_histories(folder: Path) -> dict[str, list[Record]]:
    """Run the reference client and return what was written down."""
    plans = [make_plan(scenario) for scenario in select(REAL)]
    settings = RunSettings(jobs=1, seed=0, out=folder)
    client = CLIENTS["reference"]()
    done = asyncio.run(run_all(plans, [client], settings, Silent()))
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


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one *work*, taken over enough of them."""
    done, began_s = 0, process_time()
    while (took_s := process_time() - began_s) < LEAST_S:
        work()
        done += 1
    return took_s / done


def decode(lines: Sequence[bytes]) -> None:
    """Read *lines* as a stored history is read."""
    decoder = msgspec.json.Decoder(Record)
    for line in lines:
        decoder.decode(line)


def measure(records: Sequence[Record], rounds: int) -> tuple[float, float]:
    """Return the seconds to judge *records*, and the ratio to decoding them."""
    lines = [msgspec.json.encode(record) for record in records]
    pairs = [
        (seconds(partial(judge, records)), seconds(partial(decode, lines)))
        for _ in range(rounds)
    ]
    return median(judging for judging, _ in pairs), median(j / d for j, d in pairs)


def main() -> None:
    """Measure, and print a line for each history."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        histories = real_histories(Path(folder))
    histories |= {f"load, {n} tokens": load_history(n) for n in TOKENS}
    for name, records in histories.items():
        took_s, ratio = measure(records, rounds)
        shown = sum(isinstance(record.body, Append) for record in records)
        print(
            f"{name:26} {len(records):5} records "
            f" {len(records) / took_s:9,.0f} a second  {ratio:5.2f} x decoding"
            f"  {took_s / shown * 1e6:5.2f} us a shown token"
        )


if __name__ == "__main__":
    main()
