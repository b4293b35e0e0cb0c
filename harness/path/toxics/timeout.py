"""Swallow all data, and close the connection once it has been silent for a while.

What a client sees: nothing more, not even the response's head; then a FIN, counted
from the last data that was swallowed, so not while the server keeps talking. With
*timeout_ms* 0 the connection stays open for ever: a black hole.

Source: Shopify/toxiproxy v2, toxics/timeout.go.
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, SetToxic, Stop, Stream

from ._settings import LONGEST_MS, check_stream, check_whole


@TOXICS.register
class Timeout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Swallow data; close after *timeout_ms* milliseconds of silence, 0: never."""

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
        """Return the toxic, asleep if *dormant*."""
        toxicity = 0.0 if dormant else 1.0
        return (Placed(name, "timeout", self.stream, self.attributes(), toxicity),)

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - where it is does not matter
        """Wake the toxic."""
        return (SetToxic(name, self.attributes()),)

    def healed(self, name: str) -> tuple[Change, ...]:
        """End what hangs, then let later connections through.

        Were the toxic put to sleep on a live connection, the stream would go on with
        bytes missing in the middle, which TCP never does.
        """
        return (SetToxic(name, self.attributes(), toxicity=0.0, severs=True),)
