"""Swallow all data, and close the connection after a time without data.

What a client sees: nothing more, not even the response's head; then a FIN, some time
after the last swallowed data, so not while the server keeps sending. With *timeout_ms*
0 the connection stays open for ever.

Source: Shopify/toxiproxy v2, toxics/timeout.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import LONGEST_MS, check_stream, check_whole


@TOXICS.register
class Timeout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Swallow data; close after *timeout_ms* milliseconds of silence, or never if 0."""

    proof: ClassVar[str] = "gap"
    disruptive: ClassVar[bool] = True

    timeout_ms: int = 0
    stream: Stream = "downstream"

    def __post_init__(self) -> None:
        check_whole("timeout_ms", self.timeout_ms, 0, LONGEST_MS)
        check_stream(self.stream)

    def attributes(self) -> dict[str, int]:
        """Return the settings in Toxiproxy's names and units."""
        return {"timeout": self.timeout_ms}

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxic, with toxicity 0 if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "timeout", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Activate the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """End all connections, then let later ones through.

        If the toxic were deactivated on a live connection, the stream would go on with
        bytes missing in the middle, which TCP never does.
        """
        return (SetToxic(name, self.attributes(), toxicity=0.0, severs=True),)
