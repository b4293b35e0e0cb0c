"""Edge: the fault of one conversation, beside the client: tap, cut and heal.

The conversation's path has a limit of bytes. When that many have passed, the fault has
fired; when the connection has ended, the path is healed before any later connection is
forwarded. All that the tap sees goes into the history, as in any other run.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import gevent

from midstream.harness.errors import ToxiproxyError
from midstream.harness.load.generator.gevent_tap import PathTap
from midstream.harness.load.generator.user_proxy import CUT, OpenPath
from midstream.harness.record.history import (
    Body,
    Crossed,
    Ended,
    HarnessTrouble,
    Opened,
    PathFired,
    PathHealed,
    Source,
)

Note: TypeAlias = Callable[[Source, Body], object]
_QUIET_S = 1.0


class StreamNemesis:
    """Watches a tap, and heals the path after its cut has fired."""

    def __init__(self, port: int, path: OpenPath | None, note: Note) -> None:
        """Tap *port*, which belongs to *path* if there is one; record with *note*."""
        self._path, self._note = path, note
        self._cut = path.cut if path else None
        self._is_struck = self._is_healing = False
        self.tap = PathTap(port, self._see)

    def _see(self, body: Opened | Crossed | Ended) -> None:
        """Record what the tap sees, and whether it fires the fault or ends it."""
        if isinstance(body, Crossed):
            self._strike(body)
        self._note("tap", body)
        if isinstance(body, Ended) and body.who == "server" and self._is_struck:
            self._heal_once()

    def _strike(self, crossed: Crossed) -> None:
        """Record that the cut has fired, once all bytes of its limit have passed."""
        cut = self._cut
        if cut is None or self._is_struck or crossed.way == "up":
            return
        if crossed.total >= cut.bytes:
            self._is_struck = True
            self._note("harness", PathFired(fault=CUT, cut_at=cut.bytes))

    def _heal_once(self) -> None:
        if not self._is_healing:
            self._is_healing = True
            self.tap.hold()
            gevent.spawn(self._heal)

    def _heal(self) -> None:
        try:
            if self._path is not None:
                self._path.heal()
        except ToxiproxyError as error:
            self._note("harness", HarnessTrouble(text=str(error)))
        else:
            self._note("harness", PathHealed(fault=CUT))
        finally:
            self.tap.release()


@contextmanager
def struck(port: int, path: OpenPath | None, note: Note) -> Iterator[StreamNemesis]:
    """Give a nemesis for one conversation; all connections end before it does."""
    nemesis = StreamNemesis(port, path, note)
    try:
        yield nemesis
        nemesis.tap.quiet(_QUIET_S)
    finally:
        nemesis.tap.close()
