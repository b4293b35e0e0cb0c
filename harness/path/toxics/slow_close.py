"""Delay the end of a connection.

What a client sees: the data in time, and the FIN *delay_ms* later. On a kept-alive
connection it has no effect; it needs a response that ends with its connection.
Upstream, the server learns that much later that the client has disconnected.

Source: Shopify/toxiproxy v2, toxics/slow_close.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import LONGEST_MS, check_stream, check_whole


@TOXICS.register
class SlowClose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pass the end of a connection on *delay_ms* milliseconds late."""

    proof: ClassVar[str] = "late_close"
    disruptive: ClassVar[bool] = False

    delay_ms: int = 300
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        check_whole("delay_ms", self.delay_ms, 1, LONGEST_MS)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {"delay": self.delay_ms}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "slow_close", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:  # noqa: ARG002 - it stays
        """Change nothing: a client can finish with a late end."""
        return ()
