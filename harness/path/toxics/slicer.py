"""Cut data into small slices.

What a client sees: reads that end anywhere, for example inside a character, a line end,
a chunk's size line or the response's head; nothing is lost. A slice is *at most*
*slice_bytes* long: Toxiproxy halves each piece until it is. Without a delay the slices
merge again on their way; one slice costs at least about 1.1 ms.

Toxiproxy's own variation is not offered: it has no seed, and a variation well above the
size crashes Toxiproxy.

Source: Shopify/toxiproxy v2, toxics/slicer.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import check_stream, check_whole


@TOXICS.register
class Slicer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Send slices of *slice_bytes* bytes, *delay_us* microseconds apart."""

    proof: ClassVar[str] = "split"
    disruptive: ClassVar[bool] = False

    slice_bytes: int = 1
    delay_us: int = 200
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        # A size of 0 or less overflows Toxiproxy's stack within two seconds.
        check_whole("slice_bytes", self.slice_bytes, 1, 1_000_000)
        check_whole("delay_us", self.delay_us, 0, 1_000_000)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {
            "average_size": self.slice_bytes,
            "size_variation": 0,
            "delay": self.delay_us,
        }

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "slicer", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:  # noqa: ARG002 - it stays
        """Change nothing: a client can finish over small slices."""
        return ()
