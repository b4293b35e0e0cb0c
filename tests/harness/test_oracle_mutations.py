"""The oracle on many generated histories: no false alarm, and no mistake missed."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.history import Record
from harness.ops import Claim
from harness.oracle import judge
from harness.verdict import Verdict
from tests.harness.helpers_history import (
    Item,
    answer,
    appended,
    final,
    history,
    message,
    noticed,
    replaced,
    retracted,
    run,
)

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)

MUTABLE = 4
"""The fewest tokens of which any two neighbours can be told apart from the ends."""


@dataclass(frozen=True)
class Talk:
    """An answer of unique tokens, and a place in it that is not its last."""

    tokens: tuple[str, ...]
    at: int


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """Draw an answer whose tokens are unique and end by a space, and a place."""
    words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
    drawn = draw(st.lists(words, min_size=MUTABLE, max_size=30, unique=True))
    tokens = tuple(f"{word}.{index} " for index, word in enumerate(drawn))
    return Talk(tokens, draw(st.integers(1, len(tokens) - 2)))


def judged(talk: Talk, *shown: Item, claim: Claim = "complete") -> Verdict:
    """Return the verdict on an answer of which the client did *shown*."""
    records: list[Record] = history(*answer(*shown, tokens=talk.tokens, claim=claim))
    return judge(records).verdict


@SETTINGS
@given(talks(), st.data())
def test_a_whole_answer_is_no_alarm_however_it_is_cut(
    talk: Talk, data: st.DataObject
) -> None:
    """A client may show an answer in any pieces."""
    text = "".join(talk.tokens)
    places = st.lists(st.integers(0, len(text)), max_size=10)
    cuts = [0, *sorted(data.draw(places)), len(text)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    assert judged(talk, appended(*pieces)) is Verdict.UNAFFECTED


@SETTINGS
@given(talks())
def test_a_partial_answer_honestly_failed_is_no_alarm(talk: Talk) -> None:
    """A client may stop anywhere, if it says so."""
    shown = appended(*talk.tokens[: talk.at])
    assert judged(talk, shown, noticed(), claim="failed") is Verdict.DEGRADED_HONESTLY


@SETTINGS
@given(talks(), st.text(min_size=1, max_size=5))
def test_a_mended_display_is_no_alarm(talk: Talk, wrong: str) -> None:
    """A client that mends what it showed, by either operation, has recovered."""
    first, rest = talk.tokens[: talk.at], talk.tokens[talk.at :]
    by_retract: list[Item] = [
        appended(*first, wrong),
        retracted(len(wrong)),
        appended(*rest),
    ]
    by_replace: list[Item] = [appended(*first, wrong), replaced("".join(talk.tokens))]
    for shown in (by_retract, by_replace):
        found = judged(talk, *shown)
        assert found in (Verdict.RECOVERED_BY_RESTART, Verdict.UNAFFECTED)


def drop(talk: Talk) -> list[str]:
    """Leave out one token."""
    return [*talk.tokens[: talk.at], *talk.tokens[talk.at + 1 :]]


def cut(talk: Talk) -> list[str]:
    """Leave out all behind one token, and half of that."""
    return [*talk.tokens[: talk.at], talk.tokens[talk.at][:1]]


def double(talk: Talk) -> list[str]:
    """Show one token twice."""
    return [*talk.tokens[: talk.at], *talk.tokens[talk.at - 1 :]]


def restart(talk: Talk) -> list[str]:
    """Show everything again after a part of it."""
    return [*talk.tokens[: talk.at], *talk.tokens]


def swap(talk: Talk) -> list[str]:
    """Exchange two neighbours."""
    tokens, at = list(talk.tokens), talk.at
    tokens[at], tokens[at + 1] = tokens[at + 1], tokens[at]
    return tokens


def garble(talk: Talk) -> list[str]:
    """Show the mark of a torn character in place of one of a token's own."""
    tokens = list(talk.tokens)
    tokens[talk.at] = "\ufffd" + tokens[talk.at][1:]
    return tokens


def leak(talk: Talk) -> list[str]:
    """Show text of the protocol between two tokens."""
    return [*talk.tokens[: talk.at], "data: [DONE]\n", *talk.tokens[talk.at :]]


@pytest.mark.parametrize(
    ("mutate", "expected"),
    [
        (drop, Verdict.SILENT_TRUNCATION),
        (cut, Verdict.SILENT_TRUNCATION),
        (double, Verdict.DUPLICATED),
        (restart, Verdict.DUPLICATED),
        (swap, Verdict.REORDERED),
        (garble, Verdict.CORRUPTED),
        (leak, Verdict.CORRUPTED),
    ],
)
@pytest.mark.parametrize("is_final_right", [False, True])
@SETTINGS
@given(talk=talks())
def test_each_mistake_on_display_is_called_by_its_name(
    mutate: Callable[[Talk], list[str]],
    expected: Verdict,
    is_final_right: bool,  # a fixture's value, not a flag
    talk: Talk,
) -> None:
    """A mistake is found wherever it is, also if the final claim is right."""
    shown: list[Item] = [appended(*mutate(talk))]
    if is_final_right:
        shown.append(final(msg_1="".join(talk.tokens)))
    assert judged(talk, *shown) is expected


@pytest.mark.parametrize(
    "mutate", [drop, cut, double, restart, swap, garble, leak], ids=str
)
@SETTINGS
@given(talk=talks())
def test_a_mistake_in_the_final_text_alone_is_found(
    mutate: Callable[[Talk], list[str]], talk: Talk
) -> None:
    """A right display does not excuse a wrong final text."""
    shown: list[Item] = [appended(*talk.tokens), final(msg_1="".join(mutate(talk)))]
    assert judged(talk, *shown) is not Verdict.UNAFFECTED


@pytest.mark.parametrize("effect", [run(name="run_2"), message()])
@SETTINGS
@given(talk=talks())
def test_a_second_effect_is_found(effect: Item, talk: Talk) -> None:
    """A second run or message is found whatever the text was."""
    assert judged(talk, effect, appended(*talk.tokens)) is Verdict.DUPLICATE_EFFECT


@SETTINGS
@given(talks(), st.sampled_from(["mine", "chat-0", "msg_0"]))
def test_the_clients_own_names_do_not_matter(talk: Talk, name: str) -> None:
    """A client that does not know the server's ids is judged alike."""
    for mutate, expected in (
        (drop, Verdict.SILENT_TRUNCATION),
        (swap, Verdict.REORDERED),
    ):
        assert judged(talk, appended(*mutate(talk), message=name)) is expected
    assert judged(talk, appended(*talk.tokens, message=name)) is Verdict.UNAFFECTED


@SETTINGS
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12), st.data())
def test_repeats_never_hide_a_difference(
    tokens: list[str], data: st.DataObject
) -> None:
    """Where tokens repeat, a text that differs is still found, if not named exactly."""
    shown = data.draw(st.text("abc", max_size=14))
    talk, text = Talk(tuple(tokens), 1), "".join(tokens)
    found = judged(talk, appended(shown), claim="complete")
    assert (found is Verdict.UNAFFECTED) == (shown == text)
