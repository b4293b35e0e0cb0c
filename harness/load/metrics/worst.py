"""The worst streams of a run: a short list for a reader to start with."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from midstream.harness.oracle.grading import WORST_FIRST
from midstream.harness.oracle.verdict import SEVERITY, Grade, Verdict

from .stream import StreamResult

KEPT: Final = 50
"""The length of the list."""


class WorstStream(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One stream that did not pass; times in seconds.

    *began_at_s* counts from the epoch. *directory* is empty if nothing was stored.
    """

    scenario: str
    client: str
    user: int
    seed: int
    fault: str
    began_at_s: float
    total_s: float
    stall_s: float
    verdict: Verdict
    grade: Grade
    lost: int
    reason: str
    directory: str


class Worst:
    """Keeps the worst streams, whatever the order in which they are added."""

    def __init__(self) -> None:
        """Start empty."""
        self._streams: list[WorstStream] = []

    def add(self, result: StreamResult) -> None:
        """Add *result*, unless it passed."""
        if result.grade is not Grade.OK:
            self._keep((_worst_stream(result),))

    def pack(self) -> list[dict[str, Any]]:
        """Return the streams as plain values."""
        return [msgspec.to_builtins(stream) for stream in self._streams]

    def merge(self, packed: list[dict[str, Any]]) -> None:
        """Add another list's `pack`."""
        self._keep(msgspec.convert(packed, list[WorstStream]))

    def streams(self) -> tuple[WorstStream, ...]:
        """Return the list, the worst first."""
        return tuple(self._streams)

    def _keep(self, streams: Iterable[WorstStream]) -> None:
        self._streams = sorted((*self._streams, *streams), key=_order)[:KEPT]


def _worst_stream(result: StreamResult) -> WorstStream:
    """Return the entry for *result*."""
    return WorstStream(
        scenario=result.scenario,
        client=result.client,
        user=result.user,
        seed=result.seed,
        fault=result.fault,
        began_at_s=result.began_at_s,
        total_s=result.times.total_s,
        stall_s=result.times.longest_stall_s,
        verdict=result.verdict,
        grade=result.grade,
        lost=result.tokens_lost,
        reason=result.reason,
        directory=result.directory,
    )


def _order(stream: WorstStream) -> tuple[Any, ...]:
    """Return the sort key: worse grade, worse verdict, longer stall, earlier begin.

    The remaining fields follow, so that the list does not depend on the order of
    `add`.
    """
    return (
        WORST_FIRST.index(stream.grade),
        SEVERITY.index(stream.verdict),
        -stream.stall_s,
        stream.began_at_s,
        msgspec.structs.astuple(stream)[:5],
        (stream.total_s, stream.lost, stream.reason, stream.directory),
    )
