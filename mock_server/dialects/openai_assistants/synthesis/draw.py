"""Draws ids and the pace of a stream from a source's seed."""

import string
from random import Random

_BASE62 = string.digits + string.ascii_letters
_ID_CHARS, _FILE_ID_CHARS = 24, 22


class Ids:
    """Makes ids like OpenAI's: a prefix and 24 characters of base 62; files have 22."""

    def __init__(self, random: Random) -> None:
        """Draw from *random*."""
        self._random = random

    def __call__(self, prefix: str) -> str:
        """Return an id that begins with *prefix*, such as ``msg``."""
        return f"{prefix}_{self._draw(_ID_CHARS)}"

    def file(self) -> str:
        """Return the id of a file."""
        return f"file-{self._draw(_FILE_ID_CHARS)}"

    def _draw(self, count: int) -> str:
        return "".join(self._random.choices(_BASE62, k=count))


class Pace:
    """A clock that only moves when told to, by amounts drawn at random.

    The bounds are those of recorded conversations as clients saw them: a fifth of a
    second in the queue, half a second to the first token, 20 to 40 ms a token.
    """

    def __init__(self, random: Random, epoch_s: int) -> None:
        """Start the clock at *epoch_s*, in Unix seconds."""
        self._random = random
        self._now_ms = epoch_s * 1000
        self._request_ms = self._now_ms

    @property
    def stamp(self) -> int:
        """The time as objects show it: whole Unix seconds."""
        return self._now_ms // 1000

    @property
    def t(self) -> float:
        """The time since the exchange's request, in seconds, to the millisecond."""
        return (self._now_ms - self._request_ms) / 1000

    def wait(self, least_ms: int, most_ms: int) -> None:
        """Advance by a time drawn between *least_ms* and *most_ms*."""
        self._now_ms += self._random.randint(least_ms, most_ms)

    def begin_exchange(self) -> None:
        """Count `t` from here on."""
        self._request_ms = self._now_ms

    def skip_to(self, stamp: int) -> None:
        """Set the time of objects to *stamp*; `t` goes on without a gap."""
        jump_ms = stamp * 1000 - self._now_ms
        self._now_ms += jump_ms
        self._request_ms += jump_ms
