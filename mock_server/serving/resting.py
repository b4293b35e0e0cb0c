"""Lets Python's collector of reference cycles rest while responses are under way.

A collection walks all that open streams hold: with a thousand of them it takes 10 to 30
ms (measured), in which nobody is served. It would find next to nothing: what a run
leaves behind refers to no one who refers back to it.
"""

import gc
import threading
import time
from types import TracebackType
from typing import Final

_LONGEST_S: Final = 10.0
"""How long the collector rests at most; others in this process may need it."""


class CollectorRest:
    """A context manager for each response of a process, in all its servers and threads.

    Nothing is changed where somebody else has turned the collector off.
    """

    def __init__(self) -> None:
        """Begin without a response."""
        self._lock = threading.Lock()
        self._open = 0
        self._is_ours = False
        self._since_s = 0.0

    def __enter__(self) -> None:
        """Let the collector rest; after a long rest, let it look at what is new."""
        with self._lock:
            self._open += 1
            now_s = time.monotonic()
            if self._open == 1:
                self._is_ours, self._since_s = gc.isenabled(), now_s
                gc.disable()
            elif self._is_ours and now_s - self._since_s > _LONGEST_S:
                self._since_s = now_s
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
