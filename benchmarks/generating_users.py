"""Edge: the users of a load generator that is measured; importing this patches.

Those of `midstream load` at a generator of this process, which judges; or one who only
reads, as one writes it by hand.
"""

import random
import time
from typing import Any, ClassVar, Final

import gevent
from gevent import socket
from locust import User, task

from benchmarks.generated import Order
from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks.generator import LocustGenerator
from midstream.harness.load.locust_hooks.users.openai_python import OpenAIPythonUser
from midstream.harness.load.locust_hooks.users.reference import ReferenceUser

_PIECE_BYTES: Final = 1 << 16
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"


class Seated:
    """A user who has a slot in *side*, the generator of this process."""

    side: ClassVar[LocustGenerator]
    _slot: UserSlot | None

    def on_start(self) -> None:
        """Sit down."""
        self._slot = self.side.take_slot()


class JudgedReference(Seated, ReferenceUser):
    """The reference client's core, judged."""


class JudgedSDK(Seated, OpenAIPythonUser):
    """The openai SDK as shipped, judged."""


class Raw(User):
    """Somebody who reads, and takes down when each event came; nobody judges."""

    order: ClassVar[Order]

    def on_start(self) -> None:
        """Connect, sometime within the length of a stream."""
        order = self.order
        gevent.sleep(random.random() * order.events * order.interval_s)
        place = order.served.base_url.partition("//")[2].partition("/")[0]
        host, _, port = place.partition(":")
        self._socket: Any = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @task
    def stream(self) -> None:
        """Ask, and read all events of the answer."""
        self._socket.sendall(self.order.request)
        came: list[float] = []
        rest, clock = b"", time.perf_counter
        receive, began_s = self._socket.recv, time.perf_counter()
        while not rest.endswith(_LAST_CHUNK) and (piece := receive(_PIECE_BYTES)):
            *events, rest = (rest + piece).split(b"\n\n")
            came.extend(clock() for _ in events)
        is_whole = len(came) == self.order.events
        self.environment.events.request.fire(
            request_type="SSE",
            name="raw",
            response_time=1000 * (clock() - began_s),
            response_length=len(came),
            exception=None if is_whole else ValueError(f"{len(came)} events"),
            context={},
        )


KINDS: Final[dict[str, type[User]]] = {
    "reference": JudgedReference,
    "raw": Raw,
    "openai_python": JudgedSDK,
}
