from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    check,
    final,
    replaced,
    retracted,
)
from tests.harness.oracle.helpers_findings import says

A, B, C, D = TOKENS


def test_each_token_once_holds() -> None:
    """A text that has each token once is not doubled."""
    assert check("no_duplication", *answer(appended(*TOKENS))) == Finding(
        invariant="no_duplication",
        code="I2",
        status=Status.HOLDS,
        message=says(),
    )


def test_a_token_twice_is_violated() -> None:
    """A unique token that stands twice on the screen is a duplication."""
    assert check("no_duplication", *answer(appended(A, B, B, C, D))) == Finding(
        invariant="no_duplication",
        code="I2",
        status=Status.VIOLATED,
        verdict=Verdict.DUPLICATED,
        message=says("msg_1[0]", "'bravo '", "live", "1 such"),
        evidence=(8, 14, 16),
    )


def test_nothing_shown_is_unknown() -> None:
    """A client that shows nothing cannot double anything."""
    assert check("no_duplication", *answer()).status is Status.UNKNOWN


def test_a_right_final_text_does_not_mend_the_display() -> None:
    """A doubling never taken back on display counts, whatever the final claim has."""
    shown: list[Item] = [appended(A, A, B, C, D), final(msg_1="".join(TOKENS))]
    assert "live text" in check("no_duplication", *answer(*shown)).message


def test_a_doubling_in_the_final_text_alone_counts() -> None:
    """A final claim that doubles a token is a duplication, too."""
    shown: list[Item] = [appended(*TOKENS), final(msg_1=A + A + B + C + D)]
    assert "final text" in check("no_duplication", *answer(*shown)).message


def test_a_doubling_taken_back_holds() -> None:
    """A doubling that the client took back is flicker, no duplication."""
    for mend in (retracted(len(B)), replaced(A + B)):
        found = check("no_duplication", *answer(appended(A, B, B), mend))
        assert found.status is Status.HOLDS


def test_a_repetition_under_another_name_is_violated() -> None:
    """Text shown again under a name of no message is doubled for the user."""
    again = [appended(*TOKENS), appended(A, B, message="recovered")]
    assert check("no_duplication", *answer(*again)).verdict is Verdict.DUPLICATED


def test_natural_repeats_are_no_duplication() -> None:
    """A token that the server itself said twice may stand there twice."""
    shown = appended("the ", "cat ", "the ", "dog ")
    tokens = ("the ", "cat ", "the ", "dog ")
    found = check("no_duplication", *answer(shown, tokens=tokens))
    assert found.status is Status.HOLDS
