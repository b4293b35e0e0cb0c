"""Times of one stream, noted while it runs and computed once, at its end.

Reads no clock: callers pass times in, as nanoseconds of one monotonic clock.
docs/load.md defines each number and names the source of its formula.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from operator import sub

_NS_PER_US = 1_000
_US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait from a fault's effect, at *since_us*, to new text or the end."""

    since_us: int
    until_us: int

    @property
    def seconds(self) -> float:
        """How long the user waited."""
        return (self.until_us - self.since_us) / _US_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTimes:
    """The times of one stream; offsets are microseconds from its begin.

    Attributes:
        ttfts_s: For each answered turn, the time from its request to its first text.
        tpots_s: For each turn with two tokens or more, its time per output token.
        first_tokens_us: When the first text of each answered turn was shown.
        tokens_us: When each new token was shown.
        gaps_us: The times between neighbouring tokens of one turn, in microseconds.
        gap_ends_us: When each of those gaps ended.
        end_us: When the client ended.
        recoveries: The waits from a fault's effect to new text. Effects without new
            text between them are one wait.
        in_vain: The waits from an effect to the end of the turn or of the client,
            where no new text came.
        longest_stall_s: The longest time without new text since the first token, the
            time to the end included; without any text, the whole time.
        attempts_us: When requests were sent.
        retries_us: When requests were sent again.
    """

    ttfts_s: tuple[float, ...]
    first_tokens_us: tuple[int, ...]
    tpots_s: tuple[float, ...]
    tokens_us: "array[int]"
    gaps_us: "array[int]"
    gap_ends_us: "array[int]"
    end_us: int
    recoveries: tuple[Wait, ...]
    in_vain: tuple[Wait, ...]
    longest_stall_s: float
    attempts_us: tuple[int, ...]
    retries_us: tuple[int, ...]

    @property
    def first_token_s(self) -> float | None:
        """The time from the begin to the first text; None if there was no text."""
        return self.tokens_us[0] / _US_PER_S if self.tokens_us else None

    @property
    def total_s(self) -> float:
        """The time from the begin to the client's end."""
        return self.end_us / _US_PER_S

    def waits_us(self) -> list[tuple[int, int]]:
        """Return begin and end of each wait after an effect, in order."""
        waits = (*self.recoveries, *self.in_vain)
        return sorted((wait.since_us, wait.until_us) for wait in waits)


class StreamWatch:
    """Notes when what happened in one stream.

    `token` is the array's own ``append``, because it is called for every new token.
    """

    token: Callable[[int], None]
    """Note that new text was shown at that time; call it in order of time."""

    def __init__(self, began_ns: int) -> None:
        """Begin at *began_ns*, when the conversation begins."""
        self._began_ns = began_ns
        self._tokens = array("q")
        self.token = self._tokens.append
        self._turns: list[tuple[int, int]] = []
        self._disturbed: list[int] = []
        self._given_up: list[int] = []
        self._attempts: list[int] = []
        self._retries: list[int] = []

    def asked(self, t_ns: int) -> None:
        """Note the first request of a turn's run."""
        self._turns.append((t_ns, len(self._tokens)))

    def attempted(self, t_ns: int, *, again: bool = False) -> None:
        """Note a request; *again* says that it is a retry."""
        self._attempts.append(t_ns)
        if again:
            self._retries.append(t_ns)

    def disturbed(self, t_ns: int) -> None:
        """Note that a fault had its effect: the stream broke or was refused."""
        self._disturbed.append(t_ns)

    def gave_up(self, t_ns: int) -> None:
        """Note that a turn ended without its answer, which is an effect as well."""
        self._given_up.append(t_ns)
        self._disturbed.append(t_ns)

    def ended(self, t_ns: int) -> StreamTimes:
        """Return the times of the stream, whose client ended at *t_ns*."""
        began_ns = self._began_ns
        tokens = array("q", [(t - began_ns) // _NS_PER_US for t in self._tokens])
        end_us = self._us(t_ns)
        turns = self._split(tokens)
        gaps, gap_ends = _gaps([part for _, part in turns])
        disturbed = sorted(map(self._us, self._disturbed))
        given_up = sorted(map(self._us, self._given_up))
        recoveries, in_vain = _waits(disturbed, given_up, tokens, end_us)
        return StreamTimes(
            ttfts_s=tuple((p[0] - asked) / _US_PER_S for asked, p in turns if p),
            first_tokens_us=tuple(p[0] for _, p in turns if p),
            tpots_s=tuple(
                (p[-1] - p[0]) / (len(p) - 1) / _US_PER_S
                for _, p in turns
                if len(p) > 1
            ),
            tokens_us=tokens,
            gaps_us=gaps,
            gap_ends_us=gap_ends,
            end_us=end_us,
            recoveries=recoveries,
            in_vain=in_vain,
            longest_stall_s=_longest_us(tokens, gaps, end_us) / _US_PER_S,
            attempts_us=tuple(map(self._us, self._attempts)),
            retries_us=tuple(map(self._us, self._retries)),
        )

    def _us(self, t_ns: int) -> int:
        """Return *t_ns* as an offset from the begin."""
        return (t_ns - self._began_ns) // _NS_PER_US

    def _split(self, tokens: "array[int]") -> list[tuple[int, "array[int]"]]:
        """Return the request time of each turn, and its tokens."""
        turns = [(self._us(t), first) for t, first in self._turns] or [(0, 0)]
        ends = [first for _, first in turns[1:]] + [len(tokens)]
        return [
            (asked, tokens[first:end])
            for (asked, first), end in zip(turns, ends, strict=True)
        ]


def _gaps(turns: "list[array[int]]") -> "tuple[array[int], array[int]]":
    """Return the gaps between neighbours within each turn, and when they ended."""
    gaps, ends = array("q"), array("q")
    for tokens in turns:
        later = tokens[1:]
        gaps.extend(map(sub, later, tokens))
        ends.extend(later)
    return gaps, ends


def _waits(
    disturbed: list[int], given_up: list[int], tokens: "array[int]", end_us: int
) -> tuple[tuple[Wait, ...], tuple[Wait, ...]]:
    """Return the waits that ended with new text, and those that did not.

    Text behind a turn that was given up belongs to the next turn and ends no wait.
    """
    first: dict[tuple[int, int], int] = {}
    for at_us in disturbed:
        place = bisect_right(tokens, at_us), bisect_left(given_up, at_us)
        first.setdefault(place, at_us)
    recovered, in_vain = [], []
    for (token, turn), at_us in first.items():
        left_us = given_up[turn] if turn < len(given_up) else end_us
        if token < len(tokens) and tokens[token] <= left_us:
            recovered.append(Wait(at_us, tokens[token]))
        else:
            in_vain.append(Wait(at_us, left_us))
    return tuple(recovered), tuple(in_vain)


def _longest_us(tokens: "array[int]", gaps: "array[int]", end_us: int) -> int:
    """Return the longest time without new text, once there was some."""
    if not tokens:
        return end_us
    return max(max(gaps, default=0), end_us - tokens[-1])
