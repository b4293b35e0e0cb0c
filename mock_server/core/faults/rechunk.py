"""Send the same bytes in other pieces.

A stream's meaning does not depend on how it was cut into reads: by single bytes,
many events at once, or inside a character. For the network's own cutting there is
the toxic `slicer`.

Source: docs/research/faults.md FRM-01, FRM-02, FRM-03, FRM-04, PRX-01, PRX-08.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Pause, Send, Span, Step

_LEAD_BYTE = 0xC0  # RFC 3629, section 3: lead bytes of longer sequences are 11xxxxxx


@FAULTS.register
class Rechunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Send the same bytes in other pieces from here on.

    Attributes:
        mode: "bytes": pieces of *size* bytes; "mid_char": each event is cut inside
            its first character of several bytes, where it has one; "coalesce":
            *count* events in one piece.
        size: In mode "bytes", the length of a piece in bytes.
        count: In mode "coalesce", events a piece; 0: all up to the end.
        pause_ms: The pause between the pieces of one event, or between pieces of
            *count* events, so that they are read apart: a forwarder joins whatever is
            there when it reads.
        events: How many events are cut, the first ones from here on; 0: all.
    """

    commits: ClassVar[bool] = True
    disruptive: ClassVar[bool] = False

    mode: Literal["bytes", "coalesce", "mid_char"] = "bytes"
    size: int = 1
    count: int = 0
    pause_ms: float = 0.0
    events: int = 0

    def __post_init__(self) -> None:
        """Check that pieces have a size and pauses a length."""
        if self.size < 1:
            raise ValueError(f"size must be 1 or more bytes, not {self.size}")
        if self.count < 0 or self.count == 1:
            raise ValueError(f"count must be 0 (all) or at least 2, not {self.count}")
        if self.events < 0:
            raise ValueError(f"events must be 0 (all) or more, not {self.events}")
        if not 0 <= self.pause_ms < float("inf"):
            raise ValueError(f"pause_ms must be 0 or more, not {self.pause_ms}")

    @property
    def proof(self) -> str:
        """How the effect is proven: by pieces, or by events in one piece."""
        return "merged" if self.mode == "coalesce" else "split"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with their bytes in other pieces."""
        return self._merged(steps) if self.mode == "coalesce" else self._split(steps)

    def _split(self, steps: Iterator[Step]) -> Iterator[Step]:
        left = self.events or -1
        for step in steps:
            if isinstance(step, Send) and left:
                left -= 1
                yield from self._pieces(step)
            else:
                yield step

    def _pieces(self, send: Send) -> Iterator[Step]:
        data = send.data
        if self.mode == "bytes":
            cuts = [*range(0, len(data), self.size), len(data)]
        else:
            wide = (i + 1 for i, value in enumerate(data) if value >= _LEAD_BYTE)
            cuts = sorted({0, next(wide, 0), len(data)})
        for begin, end in pairwise(cuts):
            if begin and self.pause_ms:
                yield Pause(self.pause_ms / 1000)
            yield send.piece(begin, end)

    def _merged(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Hold bytes back while the run goes on; waits are passed on at once."""
        held: list[Send] = []
        gap: list[Step] = [Pause(self.pause_ms / 1000)] if self.pause_ms else []
        between: list[Step] = []
        for step in steps:
            if isinstance(step, Send):
                held.append(step)
                if len(held) == self.count:
                    yield from [*between, _joined(held)]
                    held, between = [], gap
            elif isinstance(step, Span | Pause) or not held:
                yield step
            else:
                yield from [*between, _joined(held), step]
                held, between = [], gap
        if held:
            yield from [*between, _joined(held)]


def _joined(sends: list[Send]) -> Send:
    """Return *sends* as one, which tells how the answer ends if one of them does."""
    data = b"".join(send.data for send in sends)
    is_true = all(send.says_truth for send in sends)
    made = sends[0].recoded(data) if is_true else sends[0].altered(data)
    is_end = any(send.role == "terminal" for send in sends)
    return replace(made, role="terminal") if is_end else made
