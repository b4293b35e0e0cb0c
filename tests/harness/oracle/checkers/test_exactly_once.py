from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    Item,
    answer,
    check,
    invoked,
    message,
    outputs,
    run,
    settled,
)
from tests.harness.oracle.helpers_findings import says


def test_one_message_and_one_run_hold() -> None:
    """A turn that made one message and one run has its effects once."""
    assert check("exactly_once", *answer()) == Finding(
        invariant="exactly_once",
        code="I6",
        status=Status.HOLDS,
        message=says(),
        evidence=(4, 6),
    )


def test_a_second_run_is_violated() -> None:
    """A second run for one turn is a duplicate effect."""
    assert check("exactly_once", *answer(run(name="run_2"))) == Finding(
        invariant="exactly_once",
        code="I6",
        status=Status.VIOLATED,
        verdict=Verdict.DUPLICATE_EFFECT,
        subtype="DUPLICATE_RUN",
        message=says("2 runs", "turn 0"),
        evidence=(6, 12),
    )


def test_no_effect_is_unknown() -> None:
    """Where the server's state never changed there is nothing to count."""
    assert check("exactly_once", invoked(), settled("failed")).status is Status.UNKNOWN


def test_a_second_message_is_violated() -> None:
    """The user's message twice in the thread is a duplicate effect."""
    assert check("exactly_once", *answer(message())).subtype == "DUPLICATE_MESSAGE"


def test_outputs_taken_twice_are_violated() -> None:
    """The outputs of one call, taken twice, are a duplicate effect."""
    found = check("exactly_once", *answer(outputs("c1", "c2"), outputs("c2")))
    assert (found.subtype, found.message) == (
        "DUPLICATE_TOOL_OUTPUT",
        says("2 tool outputs", "call c2"),
    )


def test_the_effects_of_two_turns_hold() -> None:
    """Each turn has a message and a run of its own."""
    second: list[Item] = [invoked(1, "More?"), message("More?"), run("More?", "run_2")]
    found = check("exactly_once", *answer(), *second, settled(turn=1))
    assert found.status is Status.HOLDS


def test_a_complete_turn_without_a_run_is_violated() -> None:
    """A turn that is called complete must have had a run."""
    found = check("exactly_once", invoked(), message(), settled())
    assert (found.verdict, found.subtype) == (Verdict.FALSE_SUCCESS, "MISSING_RUN")


def test_a_failed_turn_without_a_run_holds() -> None:
    """A turn that failed before it had a run did nothing twice."""
    found = check("exactly_once", invoked(), message(), settled("failed"))
    assert found.status is Status.HOLDS
