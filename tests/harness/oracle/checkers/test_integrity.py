import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    check,
    replaced,
)
from tests.harness.oracle.helpers_findings import says

A, B, C, D = TOKENS


def test_the_servers_own_text_holds() -> None:
    """A text made of tokens only is sound."""
    assert check("integrity", *answer(appended(*TOKENS))) == Finding(
        invariant="integrity",
        code="I5",
        status=Status.HOLDS,
        message=says(),
    )


def test_a_torn_character_is_violated() -> None:
    """The mark of a torn character, which the server never said, is a corruption."""
    shown = appended(A, "br\ufffdvo ", C, D)
    assert check("integrity", *answer(shown)) == Finding(
        invariant="integrity",
        code="I5",
        status=Status.VIOLATED,
        verdict=Verdict.CORRUPTED,
        message=says("msg_1[0]", "'�'", "live"),
        evidence=(13, 15),
    )


def test_nothing_shown_is_unknown() -> None:
    """A client that shows nothing shows nothing foreign."""
    assert check("integrity", *answer()).status is Status.UNKNOWN


@pytest.mark.parametrize("leak", ["data: {}", "[DONE]", ": ping", "<html>", "zulu"])
def test_foreign_text_is_violated(leak: str) -> None:
    """Text of the protocol, of an error page or of nobody is a corruption."""
    shown = appended(A, leak, B, C, D)
    assert check("integrity", *answer(shown)).verdict is Verdict.CORRUPTED


@pytest.mark.parametrize("shown", [(A, C, D), (A, B, B, C, D), (A, C, B, D), (A, "br")])
def test_other_mistakes_are_not_foreign(shown: tuple[str, ...]) -> None:
    """Loss, doubling, disorder and a token cut short bring in nothing foreign."""
    assert check("integrity", *answer(appended(*shown))).status is Status.HOLDS


def test_protocol_text_that_the_server_said_holds() -> None:
    """An answer about the protocol may quote it."""
    tokens = ("it sends ", "data: ", "[DONE]")
    found = check("integrity", *answer(appended(*tokens), tokens=tokens))
    assert found.status is Status.HOLDS


def test_text_of_no_message_is_violated() -> None:
    """Text under a name that is no message of the thread, and is new, is foreign."""
    shown = [appended(*TOKENS), appended("hello", message="elsewhere")]
    assert check("integrity", *answer(*shown)).verdict is Verdict.CORRUPTED


def test_foreign_text_taken_back_holds() -> None:
    """Foreign text that the client itself replaced is gone."""
    shown: list[Item] = [appended("<html>"), replaced("".join(TOKENS))]
    assert check("integrity", *answer(*shown)).status is Status.HOLDS
