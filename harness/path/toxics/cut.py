"""Cut the connection at an exact byte of an event, with a FIN or an RST.

What a client sees: every byte before the position and none after it, then the end of
the connection: a FIN, or ECONNRESET where `end` is "rst". The proxy counts the bytes
from the connection's first one, so no data in flight can shift the position: 2000 of
2000 sessions were cut at exactly this byte. All connections of the proxy share the
limit until it is healed.

An RST needs a dormant `reset_peer` beside the limit; see that file for why. Bytes that
the client had not read when the RST came may be lost, if its receive buffer cannot hold
them; a FIN loses nothing.

Source: Shopify/toxiproxy v2, toxics/limit_data.go and link.go; docs/toxiproxy.md.
"""

from typing import ClassVar, Literal

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop

from ._settings import check_choice, check_whole
from ._wire import NEVER_BYTES, Byte, wire_offset


@TOXICS.register
class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """End the connection with *end*, at *byte* of the event at the position.

    *byte* is 0 for right before the event, a number of its bytes, "end" for right after
    it, or "mid_char" for inside its first character of several bytes.
    """

    proof: ClassVar[str] = "cut"
    disruptive: ClassVar[bool] = True

    end: Literal["fin", "rst"] = "fin"
    byte: Byte = 0

    def __post_init__(self) -> None:
        check_choice("end", self.end, ("fin", "rst"))
        if self.byte not in ("end", "mid_char"):
            check_whole("byte", self.byte, 0, NEVER_BYTES)

    def attributes(self, stop: Stop | None) -> dict[str, int]:
        """Return the limit in Toxiproxy's terms; without a stop, out of reach."""
        return {"bytes": wire_offset(stop, self.byte) if stop else NEVER_BYTES}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the limit, out of reach, and the toxic that turns its FIN into an RST.

        Raises:
            ValueError: There is no position to cut at.
        """
        if not dormant:
            raise ValueError("cut needs a position; without one, use limit_data")
        limit = Placed(name, "limit_data", "downstream", self.attributes(None))
        if self.end == "fin":
            return (limit,)
        arm = Placed(f"{name}.arm", "reset_peer", "downstream", {"timeout": 0}, 0.0)
        return (limit, arm)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:
        """Set the limit to the exact byte."""
        return (SetToxic(name, self.attributes(stop)),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """Put the limit out of reach, so that later connections are not cut."""
        return (SetToxic(name, self.attributes(None)),)
