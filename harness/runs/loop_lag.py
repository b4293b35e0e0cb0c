"""Edge: notices when this process is too busy to judge a client fairly.

Server, tap and in-process clients share one event loop. If the loop is late by a large
part of the silence that a client must tolerate, the client sees a silence that the
server did not cause, and must not be blamed for its reaction. A client that passes all
the same keeps its verdict: see `harness.oracle.grading`.
"""

from typing import Self

from midstream.harness.oracle.grading import OVERLOADED
from midstream.mock_server.serving.lateness import Standstill

_BEAT_S = 0.05
PART = 0.5
"""The loop may be late by this part of the silence that a client must tolerate."""


class LoopLagMonitor:
    """Measures, within its block, by how many seconds the event loop is ever late."""

    def __init__(self) -> None:
        """Start with a lateness of 0."""
        self._standstill = Standstill(_BEAT_S)

    async def __aenter__(self) -> Self:
        self._standstill.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._standstill.close()

    @property
    def worst_s(self) -> float:
        """By how much the loop was late at worst, as far as beats have shown."""
        return self._standstill.worst_s

    def trouble(self, idle_s: float) -> str:
        """Return what is wrong if the loop was too late for *idle_s*, or ""."""
        if self.worst_s <= idle_s * PART:
            return ""
        return (
            f"{OVERLOADED}: the machine was {self.worst_s:.2f} s late, and the client "
            f"must tolerate {idle_s:g} s of silence only; use fewer --jobs"
        )
