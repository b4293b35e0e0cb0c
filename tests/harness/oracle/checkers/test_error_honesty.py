import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.history import Rejected
from midstream.harness.record.ops import Claim
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    begin,
    check,
    invoked,
    message,
    noticed,
    settled,
)
from tests.harness.helpers_wire import head, received
from tests.harness.oracle.helpers_findings import says


def test_a_complete_run_called_complete_holds() -> None:
    """A turn whose run completed may be called complete."""
    assert check("error_honesty", *answer(appended(*TOKENS))) == Finding(
        invariant="error_honesty",
        code="I9",
        status=Status.HOLDS,
        message=says(),
        evidence=(16,),
    )


def test_a_failed_run_called_complete_is_violated() -> None:
    """A turn whose run failed must not be called complete."""
    history = answer(appended(*TOKENS), run_status="failed")
    assert check("error_honesty", *history) == Finding(
        invariant="error_honesty",
        code="I9",
        status=Status.VIOLATED,
        verdict=Verdict.FALSE_SUCCESS,
        message=says("turn 0", "'failed'"),
        evidence=(6, 11, 16),
    )


def test_no_claim_is_unknown() -> None:
    """A client that claims nothing says nothing false."""
    assert check("error_honesty", invoked(), message()).status is Status.UNKNOWN


@pytest.mark.parametrize("run_status", ["in_progress", "requires_action", "incomplete"])
def test_nothing_but_completed_is_complete(run_status: str) -> None:
    """A run that stopped half-way, or goes on, is not complete."""
    found = check("error_honesty", *answer(run_status=run_status))
    assert found.verdict is Verdict.FALSE_SUCCESS


def test_a_complete_turn_that_reached_no_server_is_violated() -> None:
    """A turn that only met with refusals cannot be complete."""
    refusals: list[list[Item]] = [
        [received(), head(status=500)],
        [Rejected(req=2, status=400, code=None, message="no")],
        [message()],
    ]
    for refusal in refusals:
        found = check("error_honesty", invoked(), *refusal, settled())
        assert found.message.endswith("but it has no run on the server")


def test_where_no_state_is_kept_nothing_is_known() -> None:
    """Of a server that tells of no effects, the lack of a run proves nothing."""
    history = (invoked(), received(), head(), settled())
    assert check("error_honesty", *history).status is Status.UNKNOWN


@pytest.mark.parametrize("claim", ["failed", "incomplete", "cancelled"])
def test_a_whole_answer_called_failed_is_violated(claim: Claim) -> None:
    """A completed answer that is shown whole must not be called less."""
    shown: list[Item] = [appended(*TOKENS), noticed()]
    found = check("error_honesty", *answer(*shown, claim=claim))
    assert found.verdict is Verdict.FALSE_FAILURE
    assert found.evidence == (11, 17)


def test_a_whole_answer_that_the_client_had_cancelled_holds() -> None:
    """The request to cancel may come when the run has just completed."""
    shown: list[Item] = [appended(*TOKENS), received(9, "cancel_run"), noticed()]
    found = check("error_honesty", *answer(*shown, claim="cancelled"))
    assert found.status is Status.HOLDS


def test_a_partial_answer_called_failed_holds() -> None:
    """A completed answer of which a part was lost may be called failed."""
    shown: list[Item] = [appended("alpha "), noticed()]
    found = check("error_honesty", *answer(*shown, claim="failed"))
    assert found.status is Status.HOLDS


def test_a_failure_the_user_is_not_told_of_is_violated() -> None:
    """A failure counts as said only if the user was told, not by a mere remark."""
    for shown in ([], [noticed("info")]):
        found = check("error_honesty", *answer(*shown, claim="failed"))
        assert (found.verdict, found.subtype) == (
            Verdict.FALSE_SUCCESS,
            "SILENT_FAILURE",
        )


def test_a_failure_before_the_server_holds() -> None:
    """A turn of which nothing reached the server may honestly have failed."""
    found = check("error_honesty", invoked(), noticed(), settled("failed"))
    assert found.status is Status.HOLDS


def test_what_a_client_of_level_0_told_its_user_is_not_judged() -> None:
    """Such a client tells its claim, and no more."""
    told = (begin(level=0), invoked(), settled("failed"))
    assert check("error_honesty", *told).status is Status.HOLDS
