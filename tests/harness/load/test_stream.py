import msgspec

from harness.load.stream import carried
from harness.verdict import Grade, Judgement, ServerCounts, Timing, Verdict

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
