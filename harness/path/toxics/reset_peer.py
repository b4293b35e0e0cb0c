"""Reset the connection (TCP RST) some time after the first data.

What a client sees: ECONNRESET, *timeout_ms* after the first byte in that direction;
that byte and all later ones are swallowed. An idle connection is never reset. With a
position, the next piece causes the reset; all data before it arrives, except what is
still inside Toxiproxy when the toxic is activated.

It is a reset only because the toxic is in place, with toxicity 0, when the client
connects: Toxiproxy arms a connection (SO_LINGER 0) when it opens, whatever the toxicity
(Shopify/toxiproxy issue 603). Added to a live connection, the toxic would end it with a
FIN. Because connections are armed, every later end of one through this proxy is an RST
as well, healed or not.

Source: Shopify/toxiproxy v2, toxics/reset_peer.go and link.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import check_stream, check_whole

# While it waits, Toxiproxy's API blocks; a longer wait would look like a hang.
_LONGEST_MS = 1000


@TOXICS.register
class ResetPeer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Reset *timeout_ms* milliseconds after the first data; 0 means at once."""

    proof: ClassVar[str] = "cut"
    disruptive: ClassVar[bool] = True

    timeout_ms: int = 0
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        check_whole("timeout_ms", self.timeout_ms, 0, _LONGEST_MS)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {"timeout": self.timeout_ms}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "reset_peer", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """Deactivate the toxic, so that later connections are not reset at once."""
        return (SetToxic(name, self.attributes(), toxicity=0.0),)
