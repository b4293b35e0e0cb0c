"""Drives Toxiproxy from an asyncio loop, without ever blocking it.

All requests run in threads, each with a deadline. A server that died or hangs is
replaced, so that later runs go on; the run that used it gets an error.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeVar
from urllib.parse import urlsplit

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxics import Placed, SetToxic

from . import api
from .locate import Found, find_or_explain
from .process import ServerProcess
from .transport import UnresponsiveError

P = ParamSpec("P")
T = TypeVar("T")


class Toxiproxy:
    """The Toxiproxy of this process: makes proxies, and is replaced when it fails.

    *version* is the server's own version, *address* the "host:port" of its API, and
    *prefix* the prefix of our proxies' names on a server that we have not started.
    """

    _is_driven: ClassVar[bool] = False

    def __init__(self, found: Found, log_path: Path | None) -> None:
        """Drive *found*; use `start` instead, which also starts and stops it."""
        self._found, self._log_path = found, log_path
        self._process: ServerProcess | None = None
        self._generation = 0
        self._lock = asyncio.Lock()
        # Others may use a server that we have not started: our names have a prefix.
        self.prefix = f"midstream-{os.getpid()}." if found.url else ""
        self.version = self.address = ""

    @classmethod
    @asynccontextmanager
    async def start(cls, log_path: Path | None = None) -> AsyncIterator["Toxiproxy"]:
        """Start the server that `find` finds, or use the running one, within the block.

        Call it in the thread that runs the loop. The server's output goes to
        *log_path*. At the end, a server that was started is stopped, and a running one
        loses our proxies.

        Raises:
            UnavailableError: There is none; says how to get it.
            ToxiproxyError: It does not start, or this process drives one already.
        """
        if cls._is_driven:
            raise ToxiproxyError("this process already drives a Toxiproxy")
        self = cls(find_or_explain(), log_path)
        Toxiproxy._is_driven = True
        try:
            await self._begin()
            yield self
        finally:
            Toxiproxy._is_driven = False
            await self._end()

    @property
    def pid(self) -> int | None:
        """The process id of the server; None if we have not started it."""
        return self._process.pid if self._process else None

    @property
    def is_alive(self) -> bool:
        """Whether the server's process is alive; True if we have not started it."""
        return self._process is None or self._process.is_alive

    async def create(
        self, name: str, upstream: str, placed: Sequence[Placed]
    ) -> "Proxy":
        """Make a proxy to *upstream* ("host:port") with the toxics *placed*.

        If the server has died, it is replaced first.

        Raises:
            ToxiproxyError: It cannot be made, or differs from the request.
        """
        for each in (name, *(toxic.name for toxic in placed)):
            check_name(each)
        if self._process and not self._process.is_alive:
            await self._replace(self._generation)
        full, generation = self.prefix + name, self._generation
        port = await self.call(generation, api.build, full, upstream, placed)
        return Proxy(self, name, full, port, generation)

    async def restart(self) -> None:
        """Kill the server and start it again; all proxies are gone.

        Raises:
            ToxiproxyError: It does not start, or was not started by midstream.
        """
        async with self._lock:
            await self._restart()

    async def is_healthy(self) -> bool:
        """Say whether the server answers, and no proxy hangs."""
        try:
            await asyncio.to_thread(api.version)
            await asyncio.to_thread(api.names)
        except ToxiproxyError:
            return False
        return True

    async def call(
        self,
        generation: int,
        function: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run *function* in a thread, for a proxy of server number *generation*.

        Raises:
            ToxiproxyError: It failed, or that server was replaced.
        """
        if generation != self._generation:
            raise ToxiproxyError(
                "Toxiproxy was replaced during the run, so the run's proxy is gone"
            )
        try:
            return await asyncio.to_thread(function, *args, **kwargs)
        except UnresponsiveError as error:
            fate = await self._replace(generation)
            raise ToxiproxyError(f"Toxiproxy {fate}: {error}") from error

    async def _replace(self, generation: int) -> str:
        """Replace server number *generation* if it is unusable; say what happened."""
        async with self._lock:
            if generation != self._generation:
                return "was replaced during the run"
            # A killed process closes its sockets a moment before it counts as dead, so
            # first check whether it answers.
            if await self.is_healthy():
                return "was too slow"
            if self._process and await self._process.is_dead_soon():
                words = self._process.last_words()
                fate = f"died{words and f' ({words})'} and was replaced"
            elif self._process is None:
                return "hangs or is gone, and was not started by midstream"
            else:
                fate = "hung and was replaced"
            await self._restart()
            return fate

    async def _restart(self) -> None:
        """Kill the server and start it again; the caller holds the lock."""
        if self._found.path is None:
            raise ToxiproxyError(
                f"cannot restart the Toxiproxy at {self._found}: "
                "it was not started by midstream"
            )
        if self._process:
            await self._process.kill()
        await self._begin()

    async def _begin(self) -> None:
        """Start the server, unless it is running, and read its version."""
        host, port = "127.0.0.1", 0
        if self._found.path:
            self._process = await ServerProcess.start(self._found.path, self._log_path)
            port = self._process.port
        else:
            parts = urlsplit(self._found.url or "")
            host, port = parts.hostname or host, parts.port or port
        api.use(host, port)
        self.address = f"{host}:{port}"
        self._generation += 1
        self.version = await asyncio.to_thread(api.version)

    async def _end(self) -> None:
        """Kill the server, or delete our proxies on one that we have not started."""
        if self._process:
            await self._process.kill()
        elif self._found.url:
            with suppress(ToxiproxyError):
                for name in await asyncio.to_thread(api.names):
                    if name.startswith(self.prefix):
                        await asyncio.to_thread(api.delete, name)


class Proxy:
    """The proxy of one run: listens on loopback *port* and holds the run's toxics."""

    def __init__(
        self, server: Toxiproxy, name: str, full: str, port: int, generation: int
    ) -> None:
        """Represent proxy *full* on *server*; use `Toxiproxy.create` instead."""
        self.name, self.port = name, port
        self._server, self._full, self._generation = server, full, generation
        self._lock = asyncio.Lock()

    async def change(self, change: SetToxic) -> None:
        """Make *change*; return when Toxiproxy has acknowledged it.

        Call it only while no data flows: toxics that cannot drain block the server. If
        the change severs, connections made meanwhile are refused.

        Raises:
            ToxiproxyError: It was not made.
        """
        check_name(change.name)
        await self._call(api.perform, self._full, self.port, change)

    async def disable(self) -> None:
        """Close the listener and, with a FIN, every connection.

        Raises:
            ToxiproxyError: The server does not report it as closed.
        """
        await self._call(api.set_enabled, self._full, self.port, is_enabled=False)

    async def enable(self) -> None:
        """Listen again on the same port.

        Raises:
            ToxiproxyError: Another program has taken the port.
        """
        await self._call(api.set_enabled, self._full, self.port, is_enabled=True)

    async def delete(self) -> None:
        """Remove the proxy from the server; its connections end.

        Raises:
            ToxiproxyError: It did not exist any more, so Toxiproxy has failed during
                the run, and the run proves nothing.
        """
        await self._call(api.delete, self._full)

    async def _call(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *function* in a thread; calls for one proxy run one at a time."""
        async with self._lock:
            return await self._server.call(self._generation, function, *args, **kwargs)


def check_name(name: str) -> None:
    """Check that *name* fits into a URL; any other could never be deleted again.

    Raises:
        ToxiproxyError: It does not.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name) or name in (".", ".."):
        raise ToxiproxyError(
            f"{name!r} is not a valid proxy name; use 1 to 100 of A-Z a-z 0-9 _ . -"
        )
