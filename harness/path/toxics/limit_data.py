"""Let a number of bytes through, then close.

What a client sees: exactly *bytes* bytes of the connection, HTTP's head and framing
included, then a FIN. The count runs over all responses of a kept-alive connection,
and each connection has its own. With a position, *bytes* more pass from there on;
`cut` is the one to use for a place in an event.

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
        """Return the settings in Toxiproxy's names, *before_bytes* later."""
        return {"bytes": before_bytes + self.bytes}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic: out of reach downstream, asleep upstream, if *dormant*."""
        if not dormant:
            return (Placed(name, "limit_data", self.stream, self.attributes()),)
        toxicity = 1.0 if self.stream == "downstream" else 0.0
        far = {"bytes": NEVER_BYTES}
        return (Placed(name, "limit_data", self.stream, far, toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:
        """Set the limit behind what has been written; upstream, begin to count."""
        before_bytes = stop.offset if self.stream == "downstream" else 0
        return (SetToxic(name, self.attributes(before_bytes)),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """Put the limit out of reach, so that later connections live."""
        return (SetToxic(name, {"bytes": NEVER_BYTES}),)
