"""The server sent nothing for as long as the fault asked, with an answer pending.

Seen at the tap. If the fault asked for 0 seconds, the silence lasts until either side
ends the connection. A client that gives up earlier shortens the silence, which is proof
all the same.
"""

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from midstream.harness.oracle.projections.wire import (
    Read,
    Wire,
    WireConnection,
    effect,
    seconds,
)
from midstream.harness.oracle.proofs import PROOFS, Proof
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.history import Record

Stop: TypeAlias = Literal["bytes", "server", "client"]
"""What ended a silence: bytes, or an end by one side; our own end is the client's."""

_PART = 0.8
_LEAST_S = 0.1
"""The least silence, in seconds, also if the client ends it."""


@PROOFS.register
class GapProof(Proof):
    """Looks for the longest silence on a connection that owes an answer."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        args = fault.args
        self._asked_s: float = args.get("seconds", args.get("timeout_ms", 0) / 1000)

    def finish(self) -> dict[str, Any]:
        """Return the longest silence, if it was long enough."""
        began = self.firing.began
        if began is None:
            return {}
        silences = [
            silence
            for link in self.wire.links.values()
            for silence in self._silences(link, began)
        ]
        silent_s, since, until = max(silences, default=(0.0, began, began), key=_length)
        if not silent_s:
            return {}
        return effect(since, until, silent_s=round(silent_s, 3))

    def _silences(
        self, link: WireConnection, began: Record
    ) -> list[tuple[float, Record, Record]]:
        """Return the silences of *link* that are long enough."""
        found = []
        for read, until, stop in self._waits(link):
            since = max(began, read.record, key=lambda record: record.seq)
            silent_s = seconds(since, until)
            is_owed = read.way == "up" or not self.wire.is_between(link, read.down)
            if is_owed and self._is_asked(silent_s, stop):
                found.append((silent_s, since, until))
        return found

    def _is_asked(self, silent_s: float, stop: Stop) -> bool:
        """Say whether a silence that *stop* ended is the one asked for."""
        if silent_s < _LEAST_S:
            return False
        if stop == "client":
            return True
        if not self._asked_s:
            return stop == "server"
        return silent_s >= self._asked_s * _PART

    def _waits(self, link: WireConnection) -> Iterator[tuple[Read, Record, Stop]]:
        """Yield each read with the record that ended the silence after it."""
        until = self.wire.last
        stop: Stop = "client"
        if link.ends:
            until, stop = link.ends[0][0], link.ends[0][1].who
        for read in reversed([*link.reads()]):
            if until is not None and until.seq > read.record.seq:
                yield read, until, stop
            if read.way == "down":
                until, stop = read.record, "bytes"


def _length(silence: tuple[float, Record, Record]) -> float:
    return silence[0]
