from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    check,
    replaced,
    told,
)
from tests.harness.oracle.helpers_findings import says

A, B, C, D = TOKENS
SECOND = told("echo ", message="msg_2")


def test_the_order_of_the_server_holds() -> None:
    """Tokens in the order they were said are in order."""
    assert check("order", *answer(appended(*TOKENS))) == Finding(
        invariant="order",
        code="I3",
        status=Status.HOLDS,
        message=says(),
    )


def test_two_swapped_tokens_are_violated() -> None:
    """Two tokens that changed places are out of order."""
    assert check("order", *answer(appended(A, C, B, D))) == Finding(
        invariant="order",
        code="I3",
        status=Status.VIOLATED,
        verdict=Verdict.REORDERED,
        message=says("msg_1[0]", "'charlie '", "'bravo '", "live"),
        evidence=(8, 9, 13, 15),
    )


def test_nothing_shown_is_unknown() -> None:
    """A client that shows nothing shows nothing out of order."""
    assert check("order", *answer()).status is Status.UNKNOWN


def test_a_doubling_is_not_out_of_order() -> None:
    """A token that is shown again is doubled, not reordered."""
    assert check("order", *answer(appended(A, B, A, B, C, D))).status is Status.HOLDS


def test_interleaved_messages_hold() -> None:
    """Deltas of two messages may arrive by turns: order is that of the screen."""
    first, rest = appended(A), appended(B, C, D)
    shown = [*SECOND, *first, *appended("echo ", message="msg_2"), *rest]
    assert check("order", *answer(*shown)).status is Status.HOLDS


def test_messages_against_the_threads_order_are_violated() -> None:
    """A message that stands above one said before it is out of order."""
    shown = [*SECOND, *appended("echo ", message="msg_2"), *appended(*TOKENS)]
    found = check("order", *answer(*shown))
    assert found.message == says("msg_2", "msg_1", "live")


def test_a_mended_order_holds() -> None:
    """An order that the client put right itself is right."""
    shown: list[Item] = [appended(A, C, B, D), replaced("".join(TOKENS))]
    assert check("order", *answer(*shown)).status is Status.HOLDS
