"""Delay all data by a constant time.

What a client sees: every piece arrives that much later and in order, the response's
head included; a stream is shifted, not slowed. Connecting is not delayed, because
Toxiproxy accepts at once. Upstream, each request is delayed once.

Toxiproxy's own jitter is not offered: it has no seed, so a run with it could not be
repeated.

Source: Shopify/toxiproxy v2, toxics/latency.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import LONGEST_MS, check_stream, check_whole


@TOXICS.register
class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Delay data by *latency_ms* milliseconds, from the position on if there is one."""

    proof: ClassVar[str] = "delay"
    disruptive: ClassVar[bool] = False

    latency_ms: int = 100
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        check_whole("latency_ms", self.latency_ms, 1, LONGEST_MS)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {"latency": self.latency_ms, "jitter": 0}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "latency", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:  # noqa: ARG002 - it stays
        """Change nothing: a client can finish over a slow path."""
        return ()
