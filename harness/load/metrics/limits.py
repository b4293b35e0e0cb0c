"""Defines a good stream: its verdict passes, and it was fast enough."""

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from midstream.harness.load.errors import GateError
from midstream.harness.oracle.verdict import Grade

from .stream import StreamResult
from .units import seconds

_WORDS = {"ttft": "ttft_s", "stall": "stall_s", "total": "total_s"}


class StreamLimits(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The longest times of a good stream, in seconds; None means no limit.

    Attributes:
        ttft_s: From a turn's request to its first text.
        stall_s: The longest time without new text.
        total_s: From begin to end.
    """

    ttft_s: float | None = None
    stall_s: float | None = None
    total_s: float | None = None

    def are_met(self, result: StreamResult) -> bool:
        """Say whether *result* is a good stream."""
        times = result.times
        return result.grade is Grade.OK and (
            _within(max(times.ttfts_s, default=0.0), self.ttft_s)
            and _within(times.longest_stall_s, self.stall_s)
            and _within(times.total_s, self.total_s)
        )

    def __str__(self) -> str:
        """Return the limits as they are typed; empty without limits."""
        given = ((word, getattr(self, name)) for word, name in _WORDS.items())
        return " ".join(f"{word}:{limit:g}s" for word, limit in given if limit)


def parse_limits(words: Iterable[str]) -> StreamLimits:
    """Return the limits that *words* such as ``ttft:1s`` set.

    Raises:
        GateError: A word is no limit; says what would be right.
    """
    given: dict[str, float] = {}
    for word in words:
        name, colon, limit = word.partition(":")
        if name not in _WORDS:
            near = get_close_matches(name, _WORDS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {_known()}"
            raise GateError(f"{word!r}: no limit is called {name!r}; {hint}")
        if not colon or not (value := seconds(limit)):
            raise GateError(f"{word!r}: a limit is a time above 0, such as {name}:1.5s")
        if _WORDS[name] in given:
            raise GateError(f"{word!r}: {name} was given twice; give it once")
        given[_WORDS[name]] = value
    return StreamLimits(**given)


def _known() -> str:
    """Return the names of all limits."""
    return ", ".join(_WORDS)


def _within(value: float, limit: float | None) -> bool:
    """Say whether *value* is allowed."""
    return limit is None or value <= limit
