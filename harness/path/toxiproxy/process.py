"""One Toxiproxy server as a child process that cannot outlive us.

It listens on a private loopback port and writes its few words to a file. Nothing
here speaks its protocol.
"""

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from midstream.harness.errors import ToxiproxyError
from midstream.mock_server.control import processes

_READY_S = 10.0
_DYING_S = 0.2
_LOOK_S = 0.005
_TRIES = 5
_SOCKETS = Path("/proc/self/net/tcp")


class ServerProcess:
    """A running server: its *port*, and the means to end it."""

    def __init__(
        self, child: "subprocess.Popen[bytes]", port: int, log: BinaryIO
    ) -> None:
        """Own *child* and its *log*, which it writes from the end on."""
        self._child, self.port, self._log = child, port, log
        self._log_start = log.tell()

    @classmethod
    async def start(cls, program: Path, log_path: Path | None) -> "ServerProcess":
        """Start *program* and return when it listens.

        Call it in a thread that lives as long as the server is to live: the kernel
        ends a child with the *thread* that made it. The log goes to *log_path*, or
        to a file without a name.

        Raises:
            ToxiproxyError: It cannot be started, ended at once, or does not listen.
        """
        for _ in range(_TRIES):
            self = cls(*_spawn(program, log_path))
            try:
                if await self._is_listening():
                    return self
            except BaseException:
                await self.kill()
                raise
            await self.kill()
        raise ToxiproxyError(
            f"{program}: others took {_TRIES} ports in a row before it"
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._child.poll() is None

    async def is_dead_soon(self) -> bool:
        """Say whether the process has ended, or ends within the next moment."""
        try:
            await asyncio.to_thread(self._child.wait, _DYING_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self) -> str:
        """Return the line in which the server says why it ends, if it does."""
        if self._log.closed:
            return ""
        data = os.pread(self._log.fileno(), 1 << 16, self._log_start)
        lines = data.decode(errors="replace").split("\n")
        return next((line for line in lines if "panic" in line), lines[0])[:200]

    async def kill(self) -> None:
        """End the process at once, whatever state it is in; safe to call twice."""
        self._child.kill()
        await asyncio.to_thread(self._child.wait)
        self._log.close()

    async def _is_listening(self) -> bool:
        """Wait until the process listens; False: somebody else does, on its port."""
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            if not self.is_alive:
                how = processes.how_ended(self._child.returncode)
                words = self.last_words() or "it said nothing"
                raise ToxiproxyError(f"Toxiproxy {how} as soon as it began: {words}")
            is_own = is_listener(self.pid, self.port)
            if is_own is not None:
                return is_own
            await asyncio.sleep(_LOOK_S)
        raise ToxiproxyError(f"Toxiproxy does not listen after {_READY_S:g} s")


def is_listener(pid: int, port: int) -> bool | None:
    """Say whether process *pid* listens on *port*; None: nobody does.

    A server whose port is taken only writes that down and lives on, so "somebody
    answers" does not mean that it is ours. Where there is no /proc, we must believe.
    """
    if not _SOCKETS.exists():
        return True if _answers(port) else None
    inodes = _listening_inodes(port)
    if not inodes:
        return None
    return not inodes.isdisjoint(_socket_inodes(pid))


def _listening_inodes(port: int) -> set[str]:
    """Return the inodes of the IPv4 sockets that listen on *port*."""
    # local_address is field 1, as hexadecimal address:port; field 3 is the state, of
    # which 0A is LISTEN; field 9 is the inode. proc_net_tcp of the kernel's documents.
    lines = _SOCKETS.read_text(encoding="ascii").splitlines()[1:]
    rows = (line.split() for line in lines)
    ending = f":{port:04X}"
    return {row[9] for row in rows if row[3] == "0A" and row[1].endswith(ending)}


def _socket_inodes(pid: int) -> set[str]:
    """Return the inodes of the sockets that process *pid* has open."""
    inodes = set()
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            target = str(entry.readlink())
            if target.startswith("socket:["):
                inodes.add(target[len("socket:[") : -1])
    except OSError:  # the process, or one of its files, has just gone
        pass
    return inodes


def _answers(port: int) -> bool:
    """Say whether a connection to *port* succeeds."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _spawn(
    program: Path, log_path: Path | None
) -> tuple["subprocess.Popen[bytes]", int, BinaryIO]:
    """Start *program* on a free port, in a group of its own, so that ^C is ours."""
    port = _free_port()
    command = [str(program), "-host", "127.0.0.1", "-port", str(port)]
    log = log_path.open("a+b") if log_path else tempfile.TemporaryFile()  # noqa: SIM115 - ServerProcess closes it
    try:
        child = subprocess.Popen(  # noqa: S603 - a program our user chose
            processes.tied(str(program), command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Any more talkative and it writes 500 bytes a connection.
            env={**os.environ, "LOG_LEVEL": "error"},
            process_group=0,
        )
    except OSError as error:
        log.close()
        raise ToxiproxyError(f"{program} cannot be started: {error}") from error
    return child, port, log
