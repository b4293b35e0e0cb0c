"""Edge: notices when this process is too busy to be fair.

Server, tap and in-process clients share one event loop. If it falls behind by a good
part of the silence that a client is told to bear, the client sees silence where there
was none, and whatever it does then is no fault of its own. One that came through all
the same has lost nothing by it: see `harness.oracle.grading`.
"""

from typing import Self

from midstream.harness.oracle.grading import OVERLOADED
from midstream.mock_server.serving.lateness import Standstill

_BEAT_S = 0.05
PART = 0.5
"""The part of the bearable silence by which the loop may be late."""


class LoopLagMonitor:
    """While entered, measures by how many seconds the event loop is late at worst."""

    def __init__(self) -> None:
        """Begin with a loop that is never late."""
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
        """Say what is wrong if a client that bears *idle_s* was misled; else ""."""
        if self.worst_s <= idle_s * PART:
            return ""
        return (
            f"{OVERLOADED}: the machine was {self.worst_s:.2f} s behind, and the client"
            f" was told to bear {idle_s:g} s of silence; try fewer --jobs"
        )
