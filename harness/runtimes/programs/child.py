"""Edge: a program as a child process of which nothing is left when it has ended.

Started from an argument vector, never through a shell; in a session of its own, so
that a signal reaches whatever it has started; with an environment that holds no
secret of ours. What it prints is bounded: a pipe is read only when somebody wants to
know. Nothing here knows what the lines mean.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from asyncio.subprocess import SubprocessStreamProtocol
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, cast

from midstream.harness.errors import UnavailableError
from midstream.harness.plain_text import neutral
from midstream.mock_server.control import processes

from . import ProgramError
from .limits import ProgramLimits

_PASSED: Final = ("PATH", "LANG", "TMPDIR")
_FAKES: Final = {
    # A client that ignores the base URL it is given must not reach the real API:
    # nobody listens on port 9 of the loopback.
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_API_KEY": "sk-midstream-fake",
    "OPENAI_ORG_ID": "org-midstream-fake",
}
_BLOCK_BYTES: Final = 1 << 16
_REAP_S: Final = 1.0


def environment(home: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return all that a program gets of an environment; *given* goes over the fakes."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {"LANG": "C.UTF-8", **passed, **_FAKES, **given, "HOME": home}


def located(argv: Sequence[str]) -> str:
    """Return the path of the program that *argv* names.

    Raises:
        UnavailableError: There is none, or it cannot be executed.
    """
    name = argv[0] if argv else ""
    path = shutil.which(name) if name else None
    if path is None:
        raise UnavailableError(
            f"{name!r} is not a program on PATH, or a path to an executable file"
        )
    return path


class _Pipes(SubprocessStreamProtocol):
    """The child's streams; knows at once when the process has gone.

    The streams may stay open much longer: they are inherited by what it started.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit, asyncio.get_running_loop())
        self.gone = asyncio.Event()

    def process_exited(self) -> None:
        """Wake whoever waits for the end."""
        super().process_exited()
        self.gone.set()


class Child:
    """A running program."""

    def __init__(
        self,
        transport: asyncio.SubprocessTransport,
        pipes: _Pipes,
        limits: ProgramLimits,
        home: str,
    ) -> None:
        """Own the process behind *transport*, and *home*, its directory."""
        self._transport, self._pipes = transport, pipes
        self._limits, self._home = limits, home
        self.pid = transport.get_pid()
        self._tail = bytearray()
        self._listening = asyncio.ensure_future(self._keep_stderr())
        self._following = asyncio.ensure_future(self._follow())

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        limits: ProgramLimits,
        given: Mapping[str, str] | None = None,
    ) -> "Child":
        """Start *argv*; *given* is added to its environment.

        Raises:
            UnavailableError: There is no such program.
        """
        path = located(argv)
        home = tempfile.mkdtemp(prefix="midstream-home-")
        try:
            transport, pipes = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Pipes(limits.line_bytes),
                *processes.tied(path, argv),
                env=environment(home, given or {}),
                start_new_session=True,
            )
        except OSError as error:
            shutil.rmtree(home, ignore_errors=True)
            raise UnavailableError(f"{path} cannot be started: {error}") from error
        return cls(transport, pipes, limits, home)

    async def write(self, data: bytes, *, is_last: bool = False) -> None:
        """Write *data* to standard input; a child that is gone does not hear it."""
        writer = cast("asyncio.StreamWriter", self._pipes.stdin)
        with suppress(OSError):
            writer.write(data)
            await writer.drain()
        if is_last:
            writer.close()

    async def line(self) -> bytes | None:
        """Return the next line of standard output without its end; None: no more.

        Raises:
            ProgramError: The line is longer than is allowed.
        """
        try:
            return (await self._stdout.readuntil(b"\n"))[:-1]
        except asyncio.IncompleteReadError as error:
            return error.partial or None
        except asyncio.LimitOverrunError as error:
            most = self._limits.line_bytes
            raise ProgramError(f"a line of more than {most} bytes") from error

    async def block(self) -> bytes:
        """Return what comes next on standard output; empty: no more."""
        return await self._stdout.read(_BLOCK_BYTES)

    @property
    def _stdout(self) -> asyncio.StreamReader:
        return cast("asyncio.StreamReader", self._pipes.stdout)

    @property
    def stderr(self) -> str:
        """The last it has written to standard error, made harmless."""
        lines = self._tail.decode(errors="replace").strip().splitlines()
        return "\n".join(neutral(line) for line in lines)

    async def exit(self, patience_s: float | None = None) -> int | None:
        """Return its exit code, a signal as its negative; None: it is not gone yet.

        All of standard error has been read then. Without *patience_s*, wait for ever.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._pipes.gone.wait(), patience_s)
            await asyncio.wait({self._listening}, timeout=patience_s)
        return self._transport.get_returncode()

    async def end(self) -> None:
        """End it with all it has started, by force if need be; safe to call twice."""
        try:
            if not self._pipes.gone.is_set():
                ask = partial(processes.signal_group, self.pid, signal.SIGTERM)
                for wait_s in processes.ending(self.pid, ask, self._limits.term_s):
                    await self.exit(wait_s)
        finally:  # even if nobody has the time to wait any more
            self._listening.cancel()
            shutil.rmtree(self._home, ignore_errors=True)
            await asyncio.wait({self._following}, timeout=_REAP_S)
            self._following.cancel()
            self._transport.close()

    async def _follow(self) -> None:
        """When the program goes, end what it leaves behind: that holds its pipes."""
        await self._pipes.gone.wait()
        processes.signal_group(self.pid, signal.SIGKILL)

    async def _keep_stderr(self) -> None:
        """Read standard error to its end; keep only the last of it."""
        stream = cast("asyncio.StreamReader", self._pipes.stderr)
        while block := await stream.read(_BLOCK_BYTES):
            self._tail += block
            del self._tail[: -self._limits.stderr_bytes]


def obituary(code: int | None, stderr: str) -> str:
    """Say how a program ended that should not have: "exit status 3; it said …"."""
    how = "closed its standard output" if code is None else processes.how_ended(code)
    said = f"; on standard error: {stderr}" if stderr else ""
    return f"it {how}{said}"
