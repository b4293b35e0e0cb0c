"""Edge: one user's path to a server, through Toxiproxy.

Each user has a proxy of its own, because faults and path conditions act on a proxy.
None is changed while data flows (docs/toxiproxy.md, Traps): the fault of a conversation
is in place before it begins. A proxy's name contains its run and its user, so that the
outage scheduler, in another process, finds the right ones.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from midstream.harness.errors import ToxiproxyError
from midstream.harness.load.generator.toxiproxy_pool import ToxiproxyPool
from midstream.harness.load.storm.path_fault import PathCut
from midstream.harness.path.toxics import Placed, SetToxic, Toxic
from midstream.harness.path.toxiproxy import api

CUT: Final = "f1"
"""The name of a conversation's own fault, on its proxy and in its history."""


def proxy_name(run: str, user: int, number: int) -> str:
    """Return the name of *user*'s proxy *number* in the load run called *run*."""
    return f"{run}user-{user}-{number}"


def user_of(run: str, name: str) -> int | None:
    """Return the user of the proxy *name*, or None if it is not one of *run*."""
    if not name.startswith(run):
        return None
    word, _, rest = name.removeprefix(run).partition("-")
    number = rest.partition("-")[0]
    return int(number) if word == "user" and number.isdecimal() else None


class UserPath:
    """The proxies of one user, which lead to *upstream* ("host:port")."""

    def __init__(self, run: str, user: int, upstream: str, pool: ToxiproxyPool) -> None:
        """Make the standing proxy of *user* in the load run called *run*.

        Raises:
            ToxiproxyError: It cannot be made.
        """
        self._run, self._user = run, user
        self._upstream, self._pool = upstream, pool
        self._count = 0
        self._placed: tuple[Placed, ...] = ()
        self._name, self._port = self._build(())

    @contextmanager
    def open(
        self, toxics: Sequence[Toxic], cut: PathCut | None
    ) -> Iterator["OpenPath"]:
        """Give a path with *toxics* and, for one conversation, with *cut*.

        Raises:
            ToxiproxyError: It cannot be made.
        """
        placed = tuple(
            each
            for index, toxic in enumerate(toxics)
            for each in toxic.placed(f"state-{index}", dormant=False)
        )
        if cut is None:
            self._stand(placed)
            yield OpenPath(self._pool, self._name, self._port, None)
            return
        name, port = self._build((*placed, *cut.placed(CUT)))
        try:
            yield OpenPath(self._pool, name, port, cut)
        finally:
            self._delete(name)

    def as_it_is(self) -> "OpenPath":
        """Return the standing path unchanged, whether it is down or not."""
        return OpenPath(self._pool, self._name, self._port, None)

    def close(self) -> None:
        """Remove the user's proxy."""
        self._delete(self._name)

    def _stand(self, placed: tuple[Placed, ...]) -> None:
        """Give the standing proxy the toxics *placed*; no conversation uses it now."""
        if placed != self._placed:
            before = self._name
            self._name, self._port = self._build(placed)
            self._placed = placed
            self._delete(before)

    def _build(self, placed: Sequence[Placed]) -> tuple[str, int]:
        self._count += 1
        name = proxy_name(self._run, self._user, self._count)
        return name, self._pool.do(name, api.build, name, self._upstream, placed)

    def _delete(self, name: str) -> None:
        with suppress(ToxiproxyError):  # gone with its server, or never there
            self._pool.do(name, api.delete, name)


class OpenPath:
    """A path for one conversation: the port to connect to, and how to heal its cut."""

    def __init__(
        self, pool: ToxiproxyPool, name: str, port: int, cut: PathCut | None
    ) -> None:
        """Use proxy *name*, which listens on *port*."""
        self.port, self.cut = port, cut
        self._pool, self._name = pool, name

    def heal(self) -> None:
        """Put the cut out of reach, so that later connections are not cut.

        Raises:
            ToxiproxyError: Toxiproxy does not acknowledge it.
        """
        for change in self.cut.healed(CUT) if self.cut else ():
            if isinstance(change, SetToxic):
                self._pool.do(self._name, api.set_toxic, self._name, change)
