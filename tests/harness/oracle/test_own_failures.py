"""What of ours fails while it judges takes no verdict for granted."""

import pytest

from midstream.harness.oracle.checkers import CHECKERS
from midstream.harness.oracle.fault_location import FaultLocation, WrittenStreams
from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.measures import Measures
from midstream.harness.oracle.projections.wire import Wire
from midstream.harness.oracle.proofs._firing import Firing
from midstream.harness.oracle.validity import FaultValidity
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.record.history import Record
from tests.harness.helpers_history import FAULT, SHOWN, STRUCK, answer, history
from tests.harness.oracle.helpers_findings import says


def test_a_checker_that_fails_makes_the_run_inconclusive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A checker that fails says UNKNOWN, and never lets a run pass."""

    def fail(_: object, record: Record, __: object) -> None:
        raise RuntimeError(record.seq)

    monkeypatch.setattr(CHECKERS["no_crash"], "_leave", fail)
    judgement = judge(history(*answer(*SHOWN)))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    (found,) = (found for found in judgement.findings if found.code == "C1")
    assert found.message == says("RuntimeError(17)")


@pytest.mark.parametrize(
    ("owner", "method", "reason"),
    [
        (Wire, "_receive", "NO_EFFECT: f1 (http_status) fired, but its proof failed"),
        (Firing, "_fire", "NO_EFFECT: f1 (http_status) fired, but its proof failed"),
        (FaultValidity, "_fire", "the judge failed: RuntimeError"),
        (FaultLocation, "_fire", "the judge failed: RuntimeError"),
        (WrittenStreams, "_begin", "the judge failed: RuntimeError"),
        (Measures, "_show", "the judge failed: RuntimeError"),
    ],
)
def test_whatever_of_ours_fails_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, owner: type, method: str, reason: str
) -> None:
    """What looks at the faults, or counts, must have come to its end."""

    def fail(_: object, record: Record, __: object) -> None:
        raise RuntimeError(record.seq)

    monkeypatch.setattr(owner, method, fail)
    judgement = judge(history(*answer(*STRUCK, *SHOWN, faults=[FAULT])))
    assert judgement.verdict is Verdict.INVALID
    assert judgement.reason.startswith(reason)
