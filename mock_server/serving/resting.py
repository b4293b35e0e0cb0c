"""Lets Python's collector of reference cycles rest while responses are under way.

A collection walks all that open streams hold: with a thousand of them it takes 10 to 30
ms (measured), in which nobody is served. It would find next to nothing: what a run
leaves behind refers to no one who refers back to it.
"""

import gc
import threading
from types import TracebackType
from typing import Final

_MOST_NEW: Final = 50_000
"""How many new objects the collector leaves alone; to look at them takes 10 ms."""


class CollectorRest:
    """A context manager for each response of a process, in all its servers and threads.

    Nothing is changed where somebody else has turned the collector off.
    """

    def __init__(self) -> None:
        """Begin without a response."""
        self._lock = threading.Lock()
        self._open = 0
        self._is_ours = False

    def __enter__(self) -> None:
        """Let the collector rest; when much is new, let it look at that first."""
        with self._lock:
            self._open += 1
            if self._open == 1:
                self._is_ours = gc.isenabled()
                gc.disable()
            elif self._is_ours and gc.get_count()[0] > _MOST_NEW:
                gc.collect(0)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it go on behind the last response."""
        with self._lock:
            self._open -= 1
            if self._is_ours and not self._open:
                gc.enable()


COLLECTOR_REST: Final = CollectorRest()
"""The one of this process."""
