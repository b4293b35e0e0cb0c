import re
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.metrics.worker_reports import Outbox, WorkerReports
from tests.harness.load.helpers_results import facts, result, results, tallied

pytestmark = pytest.mark.load
STREAMS = [result(user=user) for user in range(3)]


def reports(streams: list[StreamResult] = STREAMS) -> list[dict[str, Any]]:
    """Return a report for each of *streams*, and the last one, as they are sent."""
    outbox, sent = Outbox(), []
    for stream in streams:
        outbox.add(stream)
        sent.append(outbox.report())
    sent.append(outbox.report(is_last=True))
    return sent


def taken(*sent: dict[str, Any]) -> WorkerReports:
    """Return a ledger that has taken *sent*, all from one worker."""
    ledger = WorkerReports()
    for report in sent:
        ledger.take("w1", report)
    return ledger


def losses(ledger: WorkerReports) -> list[str]:
    """Return in words what is missing."""
    return [loss.message for loss in ledger.missing()]


@settings(max_examples=settings().max_examples // 5)
@given(results(), results())
def test_two_workers_add_up(a: list[StreamResult], b: list[StreamResult]) -> None:
    """What workers counted is what the master has, and nothing is missing."""
    ledger = WorkerReports()
    for worker, streams in (("w1", a), ("w2", b)):
        for report in reports(streams):
            assert ledger.take(worker, report)
    assert facts(ledger.tally) == facts(tallied(*a, *b))
    assert ledger.missing() == ()


def test_a_report_crosses_the_wire_as_message_pack() -> None:
    """Nothing in it needs more than plain values, bytes, and keys of two kinds."""
    crossed = [msgspec.msgpack.decode(msgspec.msgpack.encode(r)) for r in reports()]
    assert facts(taken(*crossed).tally) == facts(tallied(*STREAMS))


def test_starts_that_were_missed_reach_the_master() -> None:
    """They are in the last report, and in the totals it is held against."""
    outbox, ledger = Outbox(), WorkerReports()
    outbox.report()
    outbox.pace(Share(3, 8))
    last = outbox.report(is_last=True)
    assert (last["totals"]["missed"], last["totals"]["paced"]) == (3, 8)
    ledger.take("w1", last)
    assert ledger.tally.missed() == Share(3, 8)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_lost_report_is_noticed(number: int) -> None:
    """Its number is a hole, and how many streams went with it is said."""
    came = [report for report in reports() if report["number"] != number]
    hole, counts = losses(taken(*came))
    assert hole.startswith(f"report {number} of 4 ")
    assert re.findall(r"\d+", counts) == ["3", "2"]


def test_a_lost_last_report_is_noticed() -> None:
    """Nobody may take the last one that came for the last one there was."""
    (loss,) = losses(taken(*reports()[:2]))
    assert loss.startswith("its last report ")
    assert "2 others" in loss


def test_a_doubled_report_counts_once() -> None:
    """It is refused, and the totals are as if it had never come."""
    sent = reports()
    ledger = taken(*sent)
    assert not ledger.take("w1", sent[1])
    assert facts(ledger.tally) == facts(tallied(*STREAMS))
    assert ledger.missing() == ()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_reports_does_not_matter(order: tuple[int, ...]) -> None:
    """A report that overtakes another is no loss."""
    sent = reports()
    ledger = taken(*(sent[index] for index in order))
    assert facts(ledger.tally) == facts(tallied(*STREAMS))
    assert ledger.missing() == ()


def test_a_worker_that_never_told_anything_is_noticed() -> None:
    """A master knows who was there, also if nothing came."""
    ledger = taken()
    ledger.expect("w1")
    assert losses(ledger) == ["no report arrived"]


def test_a_damaged_report_is_noticed() -> None:
    """It is not added up, and not taken for one that never was."""
    first, second, *rest = reports()
    second["tally"]["histograms"]["itl"]["hdr"] = b"dust"
    said = losses(taken(first, second, *rest))
    assert said[0].startswith("a report was damaged: a histogram cannot be read")
    assert said[1].startswith("report 2 of 4 ")


def test_another_report_under_a_number_is_noticed() -> None:
    """A worker that began anew under its old name is not taken for an echo."""
    anew = reports([STREAMS[0], STREAMS[1]])[1]
    anew["totals"] = anew["totals"] | {"streams": 9}
    assert "reports have number 2" in losses(taken(*reports(), anew))[0]


def test_a_report_without_a_part_is_noticed() -> None:
    """Another version's reports do not pass for ours."""
    first, *rest = reports()
    del first["tally"]["counts"]
    assert losses(taken(first, *rest))[0] == "a report was damaged: 'counts'"


def test_totals_that_do_not_add_up_are_noticed() -> None:
    """Holes are not the only way to lose something."""
    *most, last = reports()
    last["totals"] = last["totals"] | {"streams": 8}
    (loss,) = losses(taken(*most, last))
    assert re.findall(r"\d+", loss) == ["8", "3"]
