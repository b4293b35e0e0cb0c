"""Path faults of single conversations, and path conditions of groups, without gates.

Under load no proxy may be changed while data flows through it (docs/toxiproxy.md), and
no server stops for a nemesis. So each user has a proxy of its own, and the fault of the
next conversation is in place before the user connects, as a count of bytes.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from midstream.harness.path.toxics import Change, Placed, Toxic
from midstream.harness.path.toxics.bandwidth import Bandwidth
from midstream.harness.path.toxics.latency import Latency
from midstream.harness.path.toxics.limit_data import LimitData
from midstream.harness.path.toxics.reset_peer import ResetPeer
from midstream.harness.path.toxics.slicer import Slicer

from .storm import PathState


class PathCut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Cut each connection after *bytes* bytes from the server, with a FIN or an RST.

    The count includes HTTP's heads and framing, and all responses of a connection that
    is kept alive. An RST needs a dormant toxic beside the limit: see
    `harness.path.toxics.reset_peer`.
    """

    proof: ClassVar[str] = "cut"
    disruptive: ClassVar[bool] = True

    bytes: int
    end: Literal["fin", "rst"] = "fin"

    def __post_init__(self) -> None:
        self._limit()

    def placed(self, name: str) -> tuple[Placed, ...]:
        """Return the toxics that must be in place before the client connects."""
        limit = self._limit().placed(name, dormant=False)
        if self.end == "fin":
            return limit
        return limit + ResetPeer().placed(f"{name}.arm", dormant=True)

    def healed(self, name: str) -> tuple[Change, ...]:
        """Put the limit out of reach, so that later connections are not cut."""
        return self._limit().healed(name)

    def _limit(self) -> LimitData:
        """Return the toxic that counts the bytes.

        Raises:
            ValueError: *bytes* is no count.
        """
        return LimitData(bytes=self.bytes)


PATH_FAULTS: Mapping[str, type[PathCut]] = {"cut": PathCut}
"""The path faults of single conversations, by name."""


def toxics(state: PathState, latency_ms: int | None) -> tuple[Toxic, ...]:
    """Return the toxics for the path conditions *state*, with the user's own latency.

    Raises:
        ValueError: A number is out of Toxiproxy's range.
    """
    made: list[Toxic] = []
    if latency_ms is not None:
        made.append(Latency(latency_ms=latency_ms))
    if state.rate_kb_per_s is not None:
        made.append(Bandwidth(rate_kb_per_s=state.rate_kb_per_s))
    if state.slice_bytes is not None:
        slicer = Slicer(slice_bytes=state.slice_bytes, delay_us=state.slice_delay_us)
        made.append(slicer)
    return tuple(made)
