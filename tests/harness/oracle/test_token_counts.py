from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import TokenCounts
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    final,
    history,
    replaced,
    run,
    told,
)
from tests.harness.helpers_mutations import (
    SETTINGS,
    Talk,
    cut,
    double,
    drop,
    garble,
    leak,
    restart,
    swap,
    talks,
)

A, B, C, D = TOKENS
TWO = told("echo ", "foxtrot ", message="msg_2")


def counts(*shown: Item, **changes: Any) -> tuple[int, int, int, int, int]:  # noqa: ANN401  # of answer
    """Return said, shown, lost, doubled, moved of an answer shown so."""
    found = judge(history(*answer(*shown, **changes))).tokens
    return found.said, found.shown, found.lost, found.doubled, found.moved


CASES: dict[str, tuple[list[Item], tuple[int, int, int, int, int]]] = {
    "whole": ([appended(A, B, C, D)], (4, 4, 0, 0, 0)),
    "cut between tokens": ([appended(A, B)], (4, 2, 2, 0, 0)),
    "cut inside a token": ([appended(A, B[:2])], (4, 1, 3, 0, 0)),
    "in other pieces": ([appended(A[:3], A[3:] + B + C, D)], (4, 4, 0, 0, 0)),
    "nothing shown": ([], (4, 0, 4, 0, 0)),
    "one missing": ([appended(A, C, D)], (4, 3, 1, 0, 0)),
    "one garbled": ([appended(A, "\ufffd", C, D)], (4, 3, 1, 0, 0)),
    "one twice": ([appended(A, B, B, C, D)], (4, 4, 0, 1, 0)),
    "one three times": ([appended(A, B, B, B, C, D)], (4, 4, 0, 2, 0)),
    "begun again": ([appended(A, B, A, B, C, D)], (4, 4, 0, 2, 0)),
    "neighbours exchanged": ([appended(A, C, B, D)], (4, 4, 0, 0, 1)),
    "the first one last": ([appended(B, C, D, A)], (4, 4, 0, 0, 1)),
    "backwards": ([appended(D, C, B, A)], (4, 4, 0, 0, 3)),
    "mended": ([appended(A, "?"), replaced(A + B + C + D)], (4, 4, 0, 0, 0)),
    "claimed only": ([final(msg_1=A + C + D)], (4, 3, 1, 0, 0)),
    "shown short, claimed whole": (
        [appended(A), final(msg_1=A + B + C + D)],
        (4, 1, 3, 0, 0),
    ),
    "repeated under a name of no message": (
        [appended(A, B, C, D), appended(A, B, message="x")],
        (4, 4, 0, 2, 0),
    ),
    "two messages": (
        [TWO, appended(A, B, C, D), appended("echo ", message="msg_2")],
        (6, 5, 1, 0, 0),
    ),
    "two messages, the wrong way round": (
        [TWO, appended("echo ", "foxtrot ", message="msg_2"), appended(A, B, C, D)],
        (6, 6, 0, 0, 2),
    ),
    "two messages in one text": (
        [TWO, appended(A, B, C, D, "echo ", message="mine")],
        (6, 5, 1, 0, 0),
    ),
}


@pytest.mark.parametrize(("shown", "expected"), CASES.values(), ids=CASES)
def test_what_became_of_the_tokens_is_counted(
    shown: list[Item], expected: tuple[int, int, int, int, int]
) -> None:
    """Said, shown, lost, doubled and moved are what one would count by hand."""
    assert counts(*shown) == expected


ALIKE: dict[str, tuple[str, tuple[int, int, int, int, int]]] = {
    "whole": ("the cat the dog ", (4, 4, 0, 0, 0)),
    "a repeat behind a gap": ("the dog ", (4, 2, 2, 0, 0)),
    "one too many": ("the the cat the dog ", (4, 4, 0, 1, 0)),
}


@pytest.mark.parametrize(("text", "expected"), ALIKE.values(), ids=ALIKE)
def test_tokens_that_are_alike_stand_for_each_other(
    text: str, expected: tuple[int, int, int, int, int]
) -> None:
    """One that stands out of place is one that is missing, else it is too many."""
    tokens = ("the ", "cat ", "the ", "dog ")
    assert counts(*appended(text), tokens=tokens) == expected


def test_of_a_turn_with_two_runs_the_one_shown_best_counts() -> None:
    """What the other run said is no loss, and what stands of it does not count."""
    other = [run(name="run_2"), *told("x ", "y ", message="msg_2", run="run_2")]
    both = [*appended(A, B, C, D), *appended("x ", message="msg_2")]
    assert counts(*other, *both) == (4, 4, 0, 0, 0)
    assert counts(*other, *appended("x ", "y ", message="msg_2")) == (2, 2, 0, 0, 0)


def test_a_run_that_said_nothing_is_not_the_best_one() -> None:
    """Nothing can be missing of it, but nobody has an answer by it either."""
    assert counts(run(name="run_2"), *appended(A)) == (4, 1, 3, 0, 0)


def test_nothing_said_is_nothing_lost() -> None:
    """An answer without a token has no numbers."""
    assert judge(history(*answer(tokens=()))).tokens == TokenCounts()


@SETTINGS
@given(talks())
def test_each_mistake_has_its_number(talk: Talk) -> None:
    """What a mistake does to an answer of unique tokens is what is counted."""
    said, at = len(talk.tokens), talk.at
    expected = {
        drop: (said, said - 1, 1, 0, 0),
        cut: (said, at, said - at, 0, 0),
        double: (said, said, 0, 1, 0),
        restart: (said, said, 0, at, 0),
        swap: (said, said, 0, 0, 1),
        garble: (said, said - 1, 1, 0, 0),
        leak: (said, said, 0, 0, 0),
    }
    for mutate, numbers in expected.items():
        assert counts(*appended(*mutate(talk)), tokens=talk.tokens) == numbers


@SETTINGS
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), st.text("abc"))
def test_what_was_said_is_shown_or_lost(tokens: list[str], shown: str) -> None:
    """Nothing gets lost in counting, and all that stands there is accounted for."""
    said, there, lost, doubled, _ = counts(*appended(shown), tokens=tokens)
    assert said == there + lost == len(tokens)
    assert there + doubled == len([token for token in shown if token in tokens])
