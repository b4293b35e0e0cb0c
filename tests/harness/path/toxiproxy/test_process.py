import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxiproxy import Toxiproxy, find_or_explain, process
from midstream.harness.path.toxiproxy.process import ServerProcess, is_listener
from tests.helpers import has_ended

pytestmark = pytest.mark.process

HOST = """\
import asyncio, sys
from midstream.harness.path.toxiproxy import Toxiproxy

async def main():
    async with Toxiproxy.start() as toxiproxy:
        print(toxiproxy.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


def script(path: Path, text: str) -> Path:
    """Write a shell script that can be run."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
    path.chmod(0o755)
    return path


def test_a_listener_is_told_from_a_stranger(unused_port: int) -> None:
    """Ours, somebody else's, nobody's."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        port = own.getsockname()[1]
        assert is_listener(os.getpid(), port) is True
        assert is_listener(os.getppid(), port) is False
    assert is_listener(os.getpid(), unused_port) is None


def test_a_process_that_is_gone_listens_to_nothing() -> None:
    """A look at a process that has ended is no error."""
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    with socket.create_server(("127.0.0.1", 0)) as own:
        assert is_listener(child.pid, own.getsockname()[1]) is False


def test_without_proc_whoever_answers_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    """Where the kernel does not tell owners, an open port must do."""
    monkeypatch.setattr(process, "_SOCKETS", tmp_path / "none")
    with socket.create_server(("127.0.0.1", 0)) as own:
        assert is_listener(os.getppid(), own.getsockname()[1]) is True
    assert is_listener(os.getpid(), unused_port) is None


async def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    """The message is what the program wrote last."""
    program = script(tmp_path / "server", "echo begin; echo panic: no >&2; exit 2")
    with pytest.raises(ToxiproxyError, match="as soon as it began: panic: no"):
        await ServerProcess.start(program, None)


async def test_a_server_that_ends_silently_shows_its_code(tmp_path: Path) -> None:
    """Where nothing was written, the exit code must do."""
    program = script(tmp_path / "server", "exit 7")
    with pytest.raises(ToxiproxyError, match=r"exit status 7 .* it said nothing"):
        await ServerProcess.start(program, None)


async def test_a_server_that_does_not_listen_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given a while, then killed."""
    monkeypatch.setattr(process, "_READY_S", 0.3)
    spawn, children = process._spawn, list[subprocess.Popen[bytes]]()

    def noting(*args: Any) -> Any:  # noqa: ANN401 - whatever it is given
        spawned = spawn(*args)
        children.append(spawned[0])
        return spawned

    monkeypatch.setattr(process, "_spawn", noting)
    with pytest.raises(ToxiproxyError, match=r"does not listen after 0\.3 s"):
        await ServerProcess.start(script(tmp_path / "server", "exec sleep 60"), None)
    assert [child.returncode for child in children] == [-signal.SIGKILL]


@pytest.mark.toxiproxy
async def test_a_port_that_was_taken_meanwhile_is_given_up(
    monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    """Toxiproxy would live on without listening; the next port is tried."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        ports = iter([stranger.getsockname()[1], unused_port])
        monkeypatch.setattr(process, "_free_port", lambda: next(ports))
        path = find_or_explain().path
        assert path is not None
        server = await ServerProcess.start(path, None)
        assert server.port == unused_port
        await server.kill()


@pytest.mark.toxiproxy
async def test_the_server_ends_with_its_context(tmp_path: Path) -> None:
    """Nothing runs on, and the log is where it was asked for, and empty."""
    async with Toxiproxy.start(tmp_path / "toxiproxy.log") as toxiproxy:
        assert toxiproxy.pid is not None
        pidfd = os.pidfd_open(toxiproxy.pid)
    assert has_ended(pidfd, 0)
    os.close(pidfd)
    assert (tmp_path / "toxiproxy.log").read_bytes() == b""


@pytest.mark.toxiproxy
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_does_not_outlive_us(how: signal.Signals) -> None:
    """Even if we are killed without a chance to clean up."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as host:
        assert host.stdout is not None
        pidfd = os.pidfd_open(int(host.stdout.readline()))
        assert not has_ended(pidfd, 0)
        host.send_signal(how)
        assert has_ended(pidfd, 10)
    os.close(pidfd)
