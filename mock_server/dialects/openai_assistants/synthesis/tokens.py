"""Cuts text into tokens that each occur only once in it.

A real model repeats itself: " the" comes often. Here a piece grows until nothing
else in the text contains it, so that what a client shows can be compared token by
token. A citation mark is always one token, as recorded.
"""

import re
from collections.abc import Iterator

CUT = "¦"
"""Forces a cut in a source's text."""

MARK = re.compile(r"【[^】]*†([^】]*)】")
"""A citation mark; the group is the name of the file."""

_BOUNDARY = re.compile(rf"{CUT}|(【[^】]*】)")


class AmbiguousTokenError(ValueError):
    """A piece of text cannot be made unique; it has to be worded differently."""


def plain(text: str) -> str:
    """Return *text* without the marks of forced cuts."""
    return text.replace(CUT, "")


def cut(text: str, whole: str, piece_chars: int) -> list[str]:
    """Return the tokens of *text*, each of which occurs once in *whole*.

    Raises:
        AmbiguousTokenError: No part of the text between two forced cuts is unique.
    """
    segments = [segment for segment in _BOUNDARY.split(text) if segment]
    return [
        token for segment in segments for token in _grow(segment, whole, piece_chars)
    ]


def pieces(text: str, piece_chars: int) -> list[str]:
    """Return *text* in pieces of a few characters, as a model writes; they may repeat.

    If *piece_chars* is 0, the pieces are lines, as from a service that filters lines.
    """
    word = rf"\s?\w{{1,{piece_chars}}}|\s?[^\w\s]|\s"
    return re.findall(word if piece_chars else r"[^\n]*\n|[^\n]+", text)


def _grow(segment: str, whole: str, piece_chars: int) -> Iterator[str]:
    """Yield unique tokens; the rest at the end joins the last of them."""
    atoms = [segment] if MARK.fullmatch(segment) else pieces(segment, piece_chars)
    tokens = [""]
    for atom in atoms:
        tokens[-1] += atom
        if whole.find(tokens[-1]) == whole.rfind(tokens[-1]):
            tokens.append("")
    rest = tokens.pop()
    if not tokens:
        raise AmbiguousTokenError(
            f"{segment!r} occurs more than once in the text; word it differently"
        )
    tokens[-1] += rest
    yield from tokens
