"""Edge: the few greenlets that talk to Toxiproxy for all others.

Under gevent each greenlet is a thread of its own to `requests`, and would open a
connection of its own. What concerns one proxy is done by one of the few, in order: a
proxy in the middle of a change must not be changed.
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
_HANDS: Final = 8
"""How many requests are under way at once, at most."""


class Clerk:
    """Runs functions of `harness.path.toxiproxy.api` for whoever asks."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._is_closed = False
        self._queues: list[Queue[_Work]] = [Queue() for _ in range(_HANDS)]
        self._hands = [gevent.spawn(_serve, queue) for queue in self._queues]

    def do(
        self, proxy: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what *function* returns, when *proxy* has no other business.

        Raises:
            ToxiproxyError: What it raises, or nothing is done any more.
        """
        if self._is_closed:
            raise _closed()
        result: AsyncResult[Any] = AsyncResult()
        queue = self._queues[crc32(proxy.encode()) % _HANDS]
        queue.put((lambda: function(*args, **kwargs), result))
        return cast("T", result.get())

    def close(self) -> None:
        """Do nothing more, and tell those who wait; safe to call twice."""
        self._is_closed = True
        gevent.killall(self._hands, block=False)
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
    return ToxiproxyError("the run is over, and nobody talks to Toxiproxy any more")
