from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    TOKENS,
    appended,
    begin,
    check,
    ended,
    invoked,
    run,
    settled,
    told,
)
from tests.harness.oracle.helpers_findings import says


def test_one_claim_a_turn_holds() -> None:
    """A turn that is settled once, and left alone then, is settled well."""
    assert check("settle_once", invoked(), appended("a"), settled()) == Finding(
        invariant="settle_once",
        code="I10",
        status=Status.HOLDS,
        message=says(),
        evidence=(2,),
    )


def test_text_after_the_claim_is_violated() -> None:
    """Text that comes after a turn was called complete belies the claim."""
    late = (invoked(), appended("a"), settled(), appended("b", message="msg_1"))
    assert check("settle_once", *late) == Finding(
        invariant="settle_once",
        code="I10",
        status=Status.VIOLATED,
        verdict=Verdict.FALSE_SUCCESS,
        message=says("turn 0"),
        evidence=(2, 3),
    )


def test_no_turn_is_unknown() -> None:
    """Without a turn there is nothing to settle."""
    assert check("settle_once", begin()).status is Status.UNKNOWN


def test_two_claims_are_violated() -> None:
    """A turn must not be settled twice, even in the same way."""
    found = check("settle_once", invoked(), settled("failed"), settled("failed"))
    assert found.verdict is Verdict.FALSE_FAILURE


def test_a_return_without_a_claim_is_violated() -> None:
    """A client that returns must have said how its turn ended."""
    found = check("settle_once", invoked(), ended())
    assert (found.verdict, found.subtype) == (Verdict.CRASHED, "UNSETTLED")


def test_a_client_we_ended_is_unknown() -> None:
    """A client that was ended had no chance to settle."""
    assert check("settle_once", invoked(), ended("killed")).status is Status.UNKNOWN


def test_text_of_the_next_turn_holds() -> None:
    """Text of the next turn's own message is not late."""
    first = (invoked(), appended("a"), settled())
    second = (invoked(1, "More?"), appended("b", message="msg_2"), settled(turn=1))
    assert check("settle_once", *first, *second).status is Status.HOLDS


def test_text_in_an_earlier_turns_message_is_violated() -> None:
    """While the next turn runs, the message of the one before stays as it is."""
    history = (invoked(), appended("a"), settled(), invoked(1, "More?"), appended("b"))
    assert check("settle_once", *history).status is Status.VIOLATED


def test_an_answer_that_comes_up_in_the_next_turn_is_violated() -> None:
    """An answer called complete before any of it was shown is shown too late."""
    first = (invoked(), run(), *told(*TOKENS), settled(), invoked(1, "More?"))
    found = check("settle_once", *first, appended(*TOKENS))
    assert found.message == says("turn 0")
