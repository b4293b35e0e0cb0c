from typing import Literal

import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.history import ResponseHead
from tests.harness.helpers_history import check, invoked, settled
from tests.harness.helpers_wire import head, received, response_end
from tests.harness.oracle.helpers_findings import says


def refused(
    wait_s: float, kind: Literal["seconds", "date", "ms"] = "seconds"
) -> ResponseHead:
    """Return a refusal of request 1 that asks for a wait."""
    return head(1, 429, wait_s, kind)


def test_a_wait_as_told_holds() -> None:
    """A client that comes back when it was told to has waited."""
    history = (received(1), refused(1.0), response_end(req=1), (1030, received(2)))
    assert check("backoff", *history) == Finding(
        invariant="backoff",
        code="I13",
        status=Status.HOLDS,
        message=says(),
        evidence=(1,),
    )


def test_too_early_a_return_is_violated() -> None:
    """A client that comes back too soon has not waited."""
    history = (received(1), refused(1.0), response_end(req=1), (520, received(2)))
    assert check("backoff", *history) == Finding(
        invariant="backoff",
        code="I13",
        status=Status.VIOLATED,
        verdict=Verdict.BACKOFF_VIOLATION,
        subtype="TOO_SOON",
        message=says("'generate'", "0.50 s", "0.95 s"),
        evidence=(2, 3),
    )


def test_never_told_to_wait_is_unknown() -> None:
    """A client that is never told to wait cannot fail to."""
    history = (received(1), head(1, 500), received(2))
    assert check("backoff", *history).status is Status.UNKNOWN


def test_giving_up_holds() -> None:
    """A client that does not come back at all has waited long enough."""
    assert check("backoff", received(1), refused(3600)).status is Status.HOLDS


def test_another_kind_of_request_holds() -> None:
    """Reading on while a creating request has to wait is allowed."""
    history = (received(1), refused(1.0), received(2, "list_messages"))
    assert check("backoff", *history).status is Status.HOLDS


@pytest.mark.parametrize(
    ("kind", "gap_ms", "status"),
    [
        ("seconds", 2940, Status.VIOLATED),
        ("seconds", 2960, Status.HOLDS),
        ("ms", 2940, Status.VIOLATED),
        ("ms", 2960, Status.HOLDS),
        ("date", 1990, Status.VIOLATED),
        ("date", 2010, Status.HOLDS),
    ],
)
def test_the_tolerance_depends_on_how_it_was_said(
    kind: Literal["seconds", "date", "ms"], gap_ms: float, status: Status
) -> None:
    """A date may be up to a second off, anything else 50 milliseconds."""
    told = (received(1), refused(3.0, kind), response_end(req=1))
    assert check("backoff", *told, (20 + gap_ms, received(2))).status is status


def test_the_next_turn_was_not_told_to_wait() -> None:
    """What the user says next is another thing than what was refused."""
    first = (invoked(0), received(1, "add_message"), refused(1.0))
    gave_up = (settled("failed", 0), invoked(1), received(2, "add_message"))
    assert check("backoff", *first, *gave_up).status is Status.HOLDS
