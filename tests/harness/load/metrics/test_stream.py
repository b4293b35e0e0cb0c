import msgspec
import pytest

from midstream.harness.load.metrics.stream import carried, has_struck
from midstream.harness.oracle.verdict import (
    FaultReport,
    Grade,
    Judgement,
    ServerCounts,
    Timing,
    Verdict,
)

JUDGEMENT = Judgement(
    scenario="mine/p",
    seed=1,
    client="reference",
    verdict=Verdict.DEGRADED_HONESTLY,
    grade=Grade.NON_STRICT,
    reason="",
    findings=(),
    faults=(),
    timing=Timing(),
    server=ServerCounts(requests=1),
)


def test_a_stream_that_reached_nobody_met_no_fault() -> None:
    """An outage is not blamed on what was drawn for a stream and never came by."""
    refused = msgspec.structs.replace(JUDGEMENT, server=ServerCounts())
    assert carried("cut", JUDGEMENT) == "cut"
    assert carried("cut", refused) == ""


STRUCK = FaultReport(id="f1", kind="cut", at={}, fired=True, effect={"seq": 7})


@pytest.mark.parametrize(
    ("report", "is_struck"),
    [
        (STRUCK, True),
        (msgspec.structs.replace(STRUCK, fired=False), False),
        (msgspec.structs.replace(STRUCK, effect={}), False),
    ],
)
def test_a_fault_has_struck_if_that_is_proven(
    report: FaultReport, *, is_struck: bool
) -> None:
    """One that was only armed has not, nor one whose effect nothing shows."""
    judged = msgspec.structs.replace(JUDGEMENT, faults=(report,))
    assert has_struck(judged) is is_struck
    assert not has_struck(JUDGEMENT)
