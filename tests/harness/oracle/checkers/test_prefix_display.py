import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.case import Profile
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    check,
    replaced,
    retracted,
)
from tests.harness.oracle.helpers_findings import says

A, B, C, D = TOKENS


def test_a_beginning_of_the_answer_holds() -> None:
    """A display that is a beginning of the answer is right at all times."""
    assert check("prefix_display", *answer(appended(A, B), claim="failed")) == Finding(
        invariant="prefix_display",
        code="I4",
        status=Status.HOLDS,
        message=says("0 character"),
    )


def test_a_hole_is_violated_although_honest() -> None:
    """A text with a hole is no beginning, though the turn is said to have failed."""
    assert check("prefix_display", *answer(appended(A, C), claim="failed")) == Finding(
        invariant="prefix_display",
        code="I4",
        status=Status.VIOLATED,
        verdict=Verdict.CORRUPTED,
        message=says("live", "msg_1[0]"),
        evidence=(13,),
    )


def test_nothing_shown_is_unknown() -> None:
    """A client that shows nothing live has no display to judge."""
    assert check("prefix_display", *answer()).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("shown", "verdict"),
    {
        "a hole": ((A, C, D), Verdict.SILENT_TRUNCATION),
        "a doubling": ((A, A, B, C, D), Verdict.DUPLICATED),
        "a swap": ((A, C, B, D), Verdict.REORDERED),
        "foreign text": ((A, "<html>", B, C, D), Verdict.CORRUPTED),
    }.values(),
    ids=str,
)
def test_a_wrong_text_is_called_what_it_is(
    shown: tuple[str, ...], verdict: Verdict
) -> None:
    """What makes a complete text differ gives the verdict."""
    assert check("prefix_display", *answer(appended(*shown))).verdict is verdict


def test_a_repeat_out_of_place_is_corrupted() -> None:
    """Where a token is not unique, a text can only be said to differ."""
    tokens = ("the ", "cat ", "the ", "dog ")
    shown = appended("the ", "the ", "cat ", "the ", "dog ")
    found = check("prefix_display", *answer(shown, tokens=tokens))
    assert found.verdict is Verdict.CORRUPTED


def test_taken_back_text_is_counted() -> None:
    """Characters beyond the common beginning of a replaced text are flicker."""
    shown: list[Item] = [appended(A, B), replaced(A), retracted(2)]
    found = check("prefix_display", *answer(*shown, claim="failed"))
    assert found.message == says("8 character")


def test_an_append_only_client_takes_nothing_back() -> None:
    """A client that declares to append only, and takes text back, breaks its word."""
    profile = Profile(display="append_only")
    shown = [appended(*TOKENS), retracted(1), *appended(" ")]
    found = check("prefix_display", *answer(*shown, profile=profile))
    assert found.verdict is Verdict.RECOVERED_BY_RESTART
