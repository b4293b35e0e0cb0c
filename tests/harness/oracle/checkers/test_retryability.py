import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.history import Received
from tests.harness.helpers_history import Item, check, invoked, settled
from tests.harness.helpers_wire import head, received, response_end
from tests.harness.oracle.helpers_findings import says

READ: list[Item] = [
    received(5, "list_runs"),
    head(5),
    response_end(req=5),
]


def again(body_hash: str = "same") -> Received:
    """Return the same request for a run once more."""
    return received(9, attempt=2, body_hash=body_hash)


def test_a_definite_refusal_repeated_holds() -> None:
    """A request refused for now may be repeated; so may none at all."""
    lost = (received(1), *READ, again())
    assert check("retryability", *lost) == Finding(
        invariant="retryability",
        code="I15",
        status=Status.HOLDS,
        message=says(),
        evidence=(0, 4),
    )


def test_a_blind_repetition_is_violated() -> None:
    """A request whose answer was lost must not be repeated without a look."""
    assert check("retryability", received(1), response_end("fin", req=1), again()) == (
        Finding(
            invariant="retryability",
            code="I15",
            status=Status.VIOLATED,
            verdict=Verdict.BACKOFF_VIOLATION,
            subtype="BLIND_REPEAT",
            message=says("create_run"),
            evidence=(0, 2),
        )
    )


def test_good_answers_are_unknown() -> None:
    """Where every request is answered well there is nothing to repeat."""
    history = (received(1), head(1), response_end(req=1))
    assert check("retryability", *history).status is Status.UNKNOWN


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_final_refusal_repeated_is_violated(status: int) -> None:
    """The very request that was refused for good is refused again."""
    found = check("retryability", received(1), head(1, status), again())
    assert found.subtype == "RETRIED_REFUSAL"


@pytest.mark.parametrize("status", [409, 429])
def test_a_refusal_for_now_may_be_repeated(status: int) -> None:
    """A conflict or a rate limit is definite, and passes."""
    history = (received(1), head(1, status), response_end(req=1), again())
    assert check("retryability", *history).status is not Status.VIOLATED


def test_a_thread_that_was_busy_may_be_tried_again_after_a_look() -> None:
    """A 400 may be due to the thread's state; whoever reads it may try again."""
    refused = (received(1), head(1, 400), response_end(req=1))
    assert check("retryability", *refused, *READ, again()).status is Status.HOLDS


def test_another_request_after_a_refusal_holds() -> None:
    """A request with another body is not the one that was refused."""
    refused = (received(1), head(1, 400), response_end(req=1))
    found = check("retryability", *refused, again(body_hash="other"))
    assert found.status is Status.HOLDS


def test_a_server_error_leaves_the_effect_open() -> None:
    """After a 5xx nobody knows whether the request had its effect."""
    found = check("retryability", received(1), head(1, 502), again())
    assert found.subtype == "BLIND_REPEAT"


def test_a_read_that_failed_is_no_look() -> None:
    """A read that was not answered well proves nothing."""
    failed = (received(5, "list_runs"), head(5, 500), response_end(req=5))
    found = check("retryability", received(1), *failed, again())
    assert found.status is Status.VIOLATED


def test_the_next_turn_is_no_repetition() -> None:
    """The same request for another turn is another intent."""
    history = (invoked(), received(1), settled(), invoked(1, "More?"), again())
    assert check("retryability", *history).status is Status.HOLDS


def test_a_second_thread_does_no_harm() -> None:
    """Making a thread may be repeated blindly: a spare one is never seen."""
    threads = (received(1, "create_thread"), received(2, "create_thread"))
    assert check("retryability", *threads).status is Status.UNKNOWN


def test_tool_outputs_may_be_submitted_again() -> None:
    """The API accepts them once, so a blind repetition does nothing twice."""
    first = received(1, "submit_tools", body_hash="same")
    again = received(9, "submit_tools", attempt=2, body_hash="same")
    found = check("retryability", first, response_end("fin", req=1), again)
    assert found.status is not Status.VIOLATED
