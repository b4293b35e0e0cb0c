"""Answers drawn at random, and the mistakes that a client can make in showing them."""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st

SETTINGS = settings(max_examples=min(60, settings().max_examples), derandomize=True)

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


MUTATIONS = (drop, cut, double, restart, swap, garble, leak)
