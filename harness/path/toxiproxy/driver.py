"""Toxiproxy for a program that runs on one asyncio loop: never blocks it, never hangs.

All requests run in threads, each with a deadline. A server that died or got stuck is
replaced, so that the runs that follow go on; the run that met it gets an error.
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
    """The server of this process: makes proxies, and is replaced when it fails.

    *version* is what the server calls itself, *address* the "host:port" of its API,
    *prefix* what the names of our proxies begin with: on a server of others, a mark.
    """

    _is_driven: ClassVar[bool] = False

    def __init__(self, found: Found, log_path: Path | None) -> None:
        """Drive what was *found*; use `start`, which also begins and ends it."""
        self._found, self._log_path = found, log_path
        self._process: ServerProcess | None = None
        self._generation = 0
        self._lock = asyncio.Lock()
        # Others may use a server that is not ours, so our names there are marked.
        self.prefix = f"midstream-{os.getpid()}." if found.url else ""
        self.version = self.address = ""

    @classmethod
    @asynccontextmanager
    async def start(cls, log_path: Path | None = None) -> AsyncIterator["Toxiproxy"]:
        """Start the server that `find` finds, or use the running one, for a while.

        Call it in the thread that runs the loop. *log_path* receives what the server
        writes. On the way out our server ends, or a running one loses our proxies.

        Raises:
            UnavailableError: There is none; says how to get it.
            ToxiproxyError: It does not start, or this process drives one already.
        """
        if cls._is_driven:
            raise ToxiproxyError("this process drives a Toxiproxy already")
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
        """The number of our server's process; None: the server is not ours."""
        return self._process.pid if self._process else None

    @property
    def is_alive(self) -> bool:
        """Whether our server's process lives; of one that is not ours nobody knows."""
        return self._process is None or self._process.is_alive

    async def create(
        self, name: str, upstream: str, placed: Sequence[Placed]
    ) -> "Proxy":
        """Make a proxy to *upstream* ("host:port") that holds *placed* from the start.

        A server that has died since is replaced first.

        Raises:
            ToxiproxyError: It cannot be made, or is not what was asked for.
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
            ToxiproxyError: It does not start, or is not ours to restart.
        """
        async with self._lock:
            await self._restart()

    async def is_healthy(self) -> bool:
        """Say whether the server answers, and no proxy is stuck."""
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
            ToxiproxyError: It failed, or that server is no more.
        """
        if generation != self._generation:
            raise ToxiproxyError("Toxiproxy was replaced during the run, proxy and all")
        try:
            return await asyncio.to_thread(function, *args, **kwargs)
        except UnresponsiveError as error:
            fate = await self._replace(generation)
            raise ToxiproxyError(f"Toxiproxy {fate}: {error}") from error

    async def _replace(self, generation: int) -> str:
        """Replace server number *generation* if it is past use; say what befell it."""
        async with self._lock:
            if generation != self._generation:
                return "was replaced during the run"
            # A killed process closes its sockets a moment before it is seen to be
            # dead, so it is asked for an answer first.
            if await self.is_healthy():
                return "was too slow"
            if self._process and await self._process.is_dead_soon():
                words = self._process.last_words()
                fate = f"died{words and f' ({words})'} and was replaced"
            elif self._process is None:
                return "wedged or gone, and not ours to replace"
            else:
                fate = "wedged and was replaced"
            await self._restart()
            return fate

    async def _restart(self) -> None:
        """Kill and begin again; the lock is held."""
        if self._found.path is None:
            raise ToxiproxyError(
                f"the Toxiproxy at {self._found} is not ours to restart"
            )
        if self._process:
            await self._process.kill()
        await self._begin()

    async def _begin(self) -> None:
        """Start the program, if it is one, and get to know the server."""
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
        """Kill our server, or take our proxies from another's."""
        if self._process:
            await self._process.kill()
        elif self._found.url:
            with suppress(ToxiproxyError):
                for name in await asyncio.to_thread(api.names):
                    if name.startswith(self.prefix):
                        await asyncio.to_thread(api.delete, name)


class Proxy:
    """One run's path: listens on loopback *port* and holds the run's toxics."""

    def __init__(
        self, server: Toxiproxy, name: str, full: str, port: int, generation: int
    ) -> None:
        """Stand for proxy *full* on *server*; made by `Toxiproxy.create`."""
        self.name, self.port = name, port
        self._server, self._full, self._generation = server, full, generation
        self._lock = asyncio.Lock()

    async def change(self, change: SetToxic) -> None:
        """Perform *change*; returns when Toxiproxy has done it.

        Only while no data flows: a chain that cannot drain blocks the server. If the
        change severs, connections made meanwhile are refused.

        Raises:
            ToxiproxyError: It was not done.
        """
        check_name(change.name)
        await self._call(api.perform, self._full, self.port, change)

    async def disable(self) -> None:
        """Close the listener and, with a FIN, every connection.

        Raises:
            ToxiproxyError: The server does not agree that it is closed.
        """
        await self._call(api.set_enabled, self._full, self.port, is_enabled=False)

    async def enable(self) -> None:
        """Listen again on the same port.

        Raises:
            ToxiproxyError: Somebody has taken the port meanwhile.
        """
        await self._call(api.set_enabled, self._full, self.port, is_enabled=True)

    async def delete(self) -> None:
        """Remove the proxy from the server; its connections end.

        Raises:
            ToxiproxyError: It was not there any more: Toxiproxy failed during the
                run, which then proves nothing.
        """
        await self._call(api.delete, self._full)

    async def _call(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *function* in a thread, one at a time for this proxy."""
        async with self._lock:
            return await self._server.call(self._generation, function, *args, **kwargs)


def check_name(name: str) -> None:
    """Check that *name* can stand in a URL: others could never be deleted again.

    Raises:
        ToxiproxyError: It cannot.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name) or name in (".", ".."):
        raise ToxiproxyError(
            f"{name!r} is no name for Toxiproxy; use 1 to 100 of A-Z a-z 0-9 _ . -"
        )
