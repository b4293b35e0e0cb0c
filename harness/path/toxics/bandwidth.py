"""Let data through at a limited rate.

What a client sees: events arrive in pieces, at most one each 100 ms, and the more data
waits the later they come; nothing is lost. Each connection has the whole rate. A rate
of 0 would swallow all data and is refused; use `timeout` for that.

Source: Shopify/toxiproxy v2, toxics/bandwidth.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import check_stream, check_whole


@TOXICS.register
class Bandwidth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pass *rate_kb_per_s* kilobytes (of 1000 bytes) a second."""

    proof: ClassVar[str] = "slow"
    disruptive: ClassVar[bool] = False

    rate_kb_per_s: int = 1
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        # A rate below 0 panics Toxiproxy (a slice with a negative bound).
        check_whole("rate_kb_per_s", self.rate_kb_per_s, 1, 10_000_000)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {"rate": self.rate_kb_per_s}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "bandwidth", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:  # noqa: ARG002 - it stays
        """Change nothing: a client can finish over a slow path."""
        return ()
