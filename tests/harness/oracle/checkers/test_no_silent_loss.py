from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    TOKENS,
    answer,
    appended,
    check,
    final,
    invoked,
    replaced,
    run,
    settled,
    status,
    told,
)
from tests.harness.oracle.helpers_findings import says

WHOLE = "".join(TOKENS)


def test_a_whole_answer_holds() -> None:
    """An answer called complete whose every token is shown loses nothing."""
    assert check("no_silent_loss", *answer(appended(*TOKENS))) == Finding(
        invariant="no_silent_loss",
        code="I1",
        status=Status.HOLDS,
        message=says(),
    )


def test_a_cut_answer_called_complete_is_violated() -> None:
    """An answer that lacks its end and is called complete is a silent truncation."""
    assert check("no_silent_loss", *answer(appended(*TOKENS[:2]))) == Finding(
        invariant="no_silent_loss",
        code="I1",
        status=Status.VIOLATED,
        verdict=Verdict.SILENT_TRUNCATION,
        message=says("turn 0", "2 token", "live"),
        evidence=(9, 10, 13, 14),
    )


def test_a_failed_turn_is_unknown() -> None:
    """A turn that is not called complete says nothing about silent loss."""
    found = check("no_silent_loss", *answer(appended("alpha "), claim="failed"))
    assert found.status is Status.UNKNOWN


def test_a_hole_is_a_loss() -> None:
    """A token missing in the middle is as lost as one missing at the end."""
    shown = appended(TOKENS[0], TOKENS[2], TOKENS[3])
    found = check("no_silent_loss", *answer(shown))
    assert found.verdict is Verdict.SILENT_TRUNCATION


def test_nothing_shown_at_all_is_a_loss() -> None:
    """A client that shows nothing of an answer and calls it complete loses it all."""
    assert "4 token(s)" in check("no_silent_loss", *answer()).message


def test_a_right_final_text_does_not_mend_the_display() -> None:
    """A display that was never mended lost its text, whatever the final claim has."""
    found = check("no_silent_loss", *answer(appended("alpha "), final(msg_1=WHOLE)))
    assert "missing from the live text" in found.message


def test_a_final_text_alone_is_enough() -> None:
    """A client that shows nothing live is judged by its last word."""
    assert check("no_silent_loss", *answer(final(msg_1=WHOLE))).status is Status.HOLDS


def test_a_mended_display_holds_and_says_so() -> None:
    """A client that mends its display in time loses nothing; the finding says when."""
    found = check("no_silent_loss", *answer(appended("bravo "), replaced(WHOLE)))
    assert found.status is Status.HOLDS
    assert "msg_1[0] was wrong from 120 ms on and was mended at 130 ms" in found.message


def test_a_garbled_token_is_not_lost() -> None:
    """A token that something else stands in for is corrupted, not lost."""
    shown = appended("alpha ", "br\ufffdvo ", "charlie ", "delta ")
    assert check("no_silent_loss", *answer(shown)).status is Status.HOLDS


def test_one_whole_run_of_several_is_enough() -> None:
    """Of a turn that has two runs, one shown whole is no loss."""
    twice = [run(name="run_2"), *told("echo ", message="msg_2", run="run_2")]
    shown = [*twice, status(name="run_2"), *appended("echo ", message="msg_2")]
    assert check("no_silent_loss", *answer(*shown)).status is Status.HOLDS


def test_each_turn_is_judged_by_its_own_run() -> None:
    """A turn's loss is found although another turn was whole."""
    second = [
        invoked(1, "And then?"),
        run("And then?", "run_2"),
        *told("echo ", "fox ", message="msg_2", run="run_2"),
        *appended("echo ", message="msg_2"),
        settled(turn=1),
    ]
    found = check("no_silent_loss", *answer(appended(*TOKENS)), *second)
    assert found.message == says("turn 1", "1 token")


def test_torn_neighbours_are_garbled_not_lost() -> None:
    """Each replacement character stands for a token: that is corruption, no loss."""
    shown = appended("\ufffd\ufffd", *TOKENS[2:])
    assert check("no_silent_loss", *answer(shown)).status is not Status.VIOLATED
