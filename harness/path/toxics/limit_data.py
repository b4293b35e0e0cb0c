"""Let a number of bytes through, then close the connection.

What a client sees: exactly *bytes* bytes of the connection, HTTP's head and framing
included, then a FIN. Each connection has its own count, which runs over all responses
of a kept-alive connection. With a position, *bytes* more bytes pass from there on; use
`cut` for a position inside an event.

Source: Shopify/toxiproxy v2, toxics/limit_data.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import check_stream, check_whole
from ._wire import NEVER_BYTES


@TOXICS.register
class LimitData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pass *bytes* bytes of each connection, or from the position on, then close."""

    proof: ClassVar[str] = "cut"
    disruptive: ClassVar[bool] = True

    bytes: int = 0
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        check_whole("bytes", self.bytes, 0, NEVER_BYTES)
        check_stream(self.stream)

    def attributes(self, before_bytes: int = 0) -> dict[str, int]:
        """Return the settings in Toxiproxy's names, counted from *before_bytes* on."""
        return {"bytes": before_bytes + self.bytes}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic; if *dormant*, out of reach or (upstream) inactive."""
        if not dormant:
            return (Placed(name, "limit_data", self.stream, self.attributes()),)
        toxicity = 1.0 if self.stream == "downstream" else 0.0
        far = {"bytes": NEVER_BYTES}
        return (Placed(name, "limit_data", self.stream, far, toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:
        """Set the limit after the bytes written so far; upstream, start to count."""
        before_bytes = stop.offset if self.stream == "downstream" else 0
        return (SetToxic(name, self.attributes(before_bytes)),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """Put the limit out of reach, so that later connections are not cut."""
        return (SetToxic(name, {"bytes": NEVER_BYTES}),)
