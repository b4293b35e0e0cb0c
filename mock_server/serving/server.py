"""The mock server as a whole: one listener, many sessions.

async with MockServer() as server:
    server.open_session("key-1", SessionSettings(speed=0))
    ...  # point a client at server.base_url
"""

import asyncio
import errno
import ipaddress
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiohttp import web

from midstream.mock_server.core.errors import (
    MockServerError,
    PortError,
    UnknownSessionError,
)
from midstream.mock_server.core.journal import Entry, Sink
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.dialects import DIALECTS
from midstream.mock_server.recordings.cassette import Cassette

from .accounts import Accounts
from .app import App
from .clock import SessionClock
from .connection import Acceptor
from .lateness import Lateness
from .session import Injection, OnGate, Session, cassettes_of
from .timer_wheel import TimerWheel

_SHUTDOWN_S = 0.2
_BACKLOG = 1024


class MockServer:
    """An async context manager that listens while it is entered."""

    def __init__(  # noqa: PLR0913 (all but two are by keyword)
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        accept_any_key: bool = False,
        allow_non_loopback: bool = False,
        default: SessionSettings | None = None,
        injections: Sequence[Injection] = (),
        join: int = 1,
    ) -> None:
        """*port* 0 takes a free one. With *accept_any_key*, a new key opens a session.

        *default* and *injections* are the settings and the faults of those sessions.
        *join*: up to so many events go out with one write if they are due together,
        as all are at full speed.

        Raises:
            PortError: *host* is not loopback, and *allow_non_loopback* is not set.
            UnknownNameError, CassetteError: A new key's cassettes cannot be used.
        """
        if not allow_non_loopback and not _is_loopback(host):
            raise PortError(
                f"{host} is not a loopback address; to let other machines connect, set "
                "allow_non_loopback (serve: --allow-non-loopback)"
            )
        self._host, self._port = host, port
        self._default = default or SessionSettings()
        self._accepts_any, self._injections = accept_any_key, tuple(injections)
        self._played = cassettes_of(self._default) if accept_any_key else []
        self._sessions: dict[str, tuple[Session, SessionClock]] = {}
        self._wheel, self._join = TimerWheel(), join
        self._journals: dict[str, list[Entry]] | None = None
        self._accounts = Accounts(self._find, self._sessions.__contains__)
        self._app = App(self._accounts)
        self._reader: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            PortError: The port is taken, or the address is not this machine's.
        """
        reader = web.Server(self._app, handler_cancellation=True, access_log=None)
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                lambda: Acceptor(reader),
                self._host,
                self._port,
                backlog=_BACKLOG,
                reuse_address=True,
            )
        except OSError as error:
            raise _port_error(self._host, self._port, error) from error
        self._reader = reader
        self._port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every session and connection, and stop listening."""
        while self._sessions:  # others close theirs meanwhile
            await self.close_session(next(iter(self._sessions)))
        if self._listener is not None:
            self._listener.close()
        if self._reader is not None:
            self._reader.pre_shutdown()
            await self._reader.shutdown(_SHUTDOWN_S)
        if self._listener is not None:
            await self._listener.wait_closed()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/v1"

    def open_session(  # noqa: PLR0913 (all but two are by keyword)
        self,
        api_key: str,
        settings: SessionSettings | None = None,
        *,
        injections: Sequence[Injection] = (),
        journal: Sink | None = None,
        on_gate: OnGate | None = None,
        cassettes: Sequence[Cassette] | None = None,
    ) -> Session:
        """Open a session for *api_key*; *cassettes* replace those that *settings* name.

        Raises:
            MockServerError: The key has a session already.
            UnknownNameError: No cassette has a name that the settings give.
            CassetteError, SettingsError: A cassette or setting cannot be used.
        """
        if api_key in self._sessions:
            raise MockServerError("this API key has a session already; close it first")
        settings = settings or self._default
        session = Session(
            api_key,
            settings,
            cassettes or cassettes_of(settings),
            injections=injections,
            journal=journal,
            on_gate=on_gate,
        )
        clock = SessionClock(session, self._wheel, self._join)
        self._accounts.look_in(session.dialect.key)
        self._sessions[api_key] = session, clock
        return session

    async def close_session(self, api_key: str) -> None:
        """Stop the session's runs and forget it; its key is unknown from then on.

        Raises:
            UnknownNameError: No session is open for this key.
        """
        self._known(api_key)
        session, clock = self._sessions.pop(api_key)
        if self._journals is not None:
            self._journals.pop(api_key, None)
        clock.close()
        await self._app.drop(session)

    async def flush(self, api_key: str) -> None:
        """Publish at once everything that the session's runs have planned.

        Raises:
            UnknownNameError: No session is open for this key.
        """
        self._known(api_key)
        self._sessions[api_key][1].flush()
        await asyncio.sleep(0)  # writers get their turn

    def take_lateness(self) -> Lateness:
        """Return how late due entries were served since the last call."""
        return self._wheel.take_lateness()

    def session(self, api_key: str) -> Session:
        """Return an open session.

        Raises:
            UnknownNameError: No session is open for this key.
        """
        return self._known(api_key)

    def sessions(self) -> list[Session]:
        """Return the open sessions, oldest first."""
        return [session for session, _ in self._sessions.values()]

    def keep_journals(self) -> None:
        """Keep the journal of each session that a new key opens, in memory."""
        self._journals = {}

    def journal_of(self, api_key: str) -> list[Entry] | None:
        """Return the kept journal of an open session, or None if there is none."""
        return None if self._journals is None else self._journals.get(api_key)

    def _kept(self, api_key: str) -> Sink | None:
        if self._journals is None:
            return None
        entries: list[Entry] = []
        self._journals[api_key] = entries
        return entries.append

    def _known(self, api_key: str) -> Session:
        if api_key not in self._sessions:
            raise UnknownSessionError
        return self._sessions[api_key][0]

    def _find(self, api_key: str) -> tuple[Session, SessionClock] | None:
        """Return a key's session, opening one if any key will do, or none is asked for.

        "" is who has no key.
        """
        may_lack = any(DIALECTS[each.kind].is_keyless for each in self._played)
        is_welcome = self._accepts_any and (bool(api_key) or may_lack)
        if is_welcome and api_key not in self._sessions:
            journal = self._kept(api_key)
            self.open_session(
                api_key,
                injections=self._injections,
                journal=journal,
                cassettes=self._played,
            )
        return self._sessions.get(api_key)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port_error(host: str, port: int, error: OSError) -> PortError:
    """Return *error* as one that names the address and a remedy."""
    if error.errno == errno.EADDRINUSE:
        return PortError(f"port {port} on {host} is in use; choose another, or 0")
    return PortError(f"cannot listen on {host}, port {port}: {error.strerror}")
