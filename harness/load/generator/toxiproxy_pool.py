"""Edge: a pool of greenlets that call Toxiproxy's API for all others.

To `requests`, each greenlet is a thread and opens a connection of its own; the pool
keeps their number small. All calls about one proxy go to one greenlet, in order: a
proxy must not be changed while another change is under way.
"""

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar, cast
from zlib import crc32

import gevent
from gevent.event import AsyncResult
from gevent.queue import Queue

from midstream.harness.errors import ToxiproxyError

P = ParamSpec("P")
T = TypeVar("T")
_Work: TypeAlias = tuple[Callable[[], Any], "AsyncResult[Any]"]
_GREENLETS: Final = 8
"""The most requests at once."""


class ToxiproxyPool:
    """Runs functions of `harness.path.toxiproxy.api` for whoever asks."""

    def __init__(self) -> None:
        """Start the greenlets."""
        self._is_closed = False
        self._queues: list[Queue[_Work]] = [Queue() for _ in range(_GREENLETS)]
        self._greenlets = [gevent.spawn(_serve, queue) for queue in self._queues]

    def do(
        self, proxy: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call *function* after all earlier calls about *proxy*; return its result.

        Raises:
            ToxiproxyError: *function* raised it, or the pool is closed.
        """
        if self._is_closed:
            raise _closed()
        result: AsyncResult[Any] = AsyncResult()
        queue = self._queues[crc32(proxy.encode()) % _GREENLETS]
        queue.put((lambda: function(*args, **kwargs), result))
        return cast("T", result.get())

    def close(self) -> None:
        """Stop; whoever still waits gets an error. Safe to call twice."""
        self._is_closed = True
        gevent.killall(self._greenlets, block=False)
        for queue in self._queues:
            while not queue.empty():
                queue.get()[1].set_exception(_closed())


def _serve(queue: "Queue[_Work]") -> None:
    while True:
        work, result = queue.get()
        try:
            result.set(work())
        except Exception as error:  # noqa: BLE001  # it is the asker's
            result.set_exception(error)
        except gevent.GreenletExit:
            result.set_exception(_closed())
            raise


def _closed() -> ToxiproxyError:
    return ToxiproxyError("the run is over; Toxiproxy takes no more changes")
