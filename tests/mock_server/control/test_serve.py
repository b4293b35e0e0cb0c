import argparse
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from midstream import mock_server
from midstream.mock_server import MockServer
from midstream.mock_server.control.addresses import Served, parse
from midstream.mock_server.control.processes import python
from midstream.mock_server.control.serve import add_serve_arguments, main

pytestmark = pytest.mark.process
NAME = mock_server.__name__


async def test_it_says_where_it_is_and_ends_cleanly() -> None:
    """It prints its base URL and how to use it; SIGINT ends it with code 0."""
    argv = python(NAME, "--speed", "0", "--admin")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603 (ours)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert lines[0].startswith("serving  http://127.0.0.1:")
    assert 'OpenAI(base_url="http://127.0.0.1:' in lines[1]
    assert lines[5].startswith("token    ")
    assert (rest, process.returncode) == ("stopped\n", 0)


BAD = {
    "cassette": (["--cassette", "openai_assistants/short"], "did you mean"),
    "address": (["--host", "0.0.0.0"], "--allow-non-loopback"),
    "port": (["--port", "99999"], "0 to 65535, not 99999"),
    "speed": (["--speed", "-1"], "0 or more, not -1"),
    "workers": (["--workers", "65"], "1 to 64, not 65"),
    "events": (["--join", "0"], "1 or more events, not 0"),
    "no number": (["--speed", "fast"], "0 or more, not fast"),
}


@pytest.mark.parametrize(("argv", "message"), BAD.values(), ids=BAD)
def test_a_bad_option_is_exit_code_2(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be used is said before anything listens."""
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


async def test_a_port_in_use_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """The port is named."""
    async with MockServer() as server:
        argv = python(NAME, "--port", str(server.port))
        done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: ASYNC221, S603 (ours)
    assert done.returncode == 2
    assert f"port {server.port} on 127.0.0.1 is in use" in done.stderr
    assert not capsys.readouterr().err


def test_other_commands_can_have_the_options() -> None:
    """The parser of another command takes the same options."""
    parser = argparse.ArgumentParser()
    add_serve_arguments(parser)
    args = parser.parse_args(["--cassette", "a", "--cassette", "b", "--speed", "2"])
    assert (args.cassette, args.speed, args.port) == (["a", "b"], 2.0, 0)


@contextmanager
def free_ports(*, is_kept: bool = False) -> Iterator[str]:
    """Give the first of two free ports in a row; hold on to it if *is_kept*.

    They are below those that the kernel gives to connections: nobody gets one of them
    by chance while we let go of it.
    """
    first = 20_000 + os.getpid() % 5_000
    for port in range(first, first + 5_000, 2):
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            two.close()
            if is_kept:
                one.listen()
                yield str(port)
                return
        yield str(port)
        return


def serving(*options: str) -> "subprocess.Popen[str]":
    """Start `serve` for a program, with *options*."""
    return subprocess.Popen(  # noqa: S603 (ours)
        python(NAME, "--json", "--until-eof", *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: "subprocess.Popen[str]") -> tuple[Served, ...]:
    """Return the servers that *process* announces."""
    assert process.stdout is not None
    return parse(process.stdout.readline())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_program_is_told_where_the_servers_are(workers: int) -> None:
    """One line of JSON; each server answers at its address; all end with the pipe."""
    with serving("--workers", str(workers), "--admin") as process:
        servers = said(process)
        assert len({one.base_url for one in servers}) == workers
        for one in servers:
            answer = requests.get(
                f"{one.admin_url}/health",
                headers={"authorization": f"Bearer {one.token}"},
                timeout=10,
            )
            assert answer.json()["status"] == "ok"
        out, _ = process.communicate(timeout=10)
        assert (process.returncode, out) == (0, "")
    assert not any(Path(f"/proc/{one.pid}").exists() for one in servers)


def test_given_ports_are_in_a_row() -> None:
    """So that a firewall or a configuration can know them beforehand."""
    with free_ports() as first, serving("--workers", "2", "--port", first) as two:
        ports = [int(one.base_url.split(":")[2].split("/")[0]) for one in said(two)]
        two.communicate(timeout=10)
    assert ports == [int(first), int(first) + 1]


def test_a_server_process_that_ends_ends_all() -> None:
    """Which one it was is said, and nobody is left behind."""
    with serving("--workers", "2") as process:
        one, other = said(process)
        os.kill(one.pid, signal.SIGKILL)
        assert process.wait(10) == 2
        _, errors = process.communicate()
    assert f"server process {one.pid} was ended by SIGKILL" in errors
    assert not Path(f"/proc/{other.pid}").exists()


def test_a_server_process_that_does_not_start_is_told() -> None:
    """A port that is taken stops it all, with the reason."""
    with (
        free_ports(is_kept=True) as first,
        serving("--workers", "2", "--port", first) as process,
    ):
        assert process.wait(30) == 2
        _, errors = process.communicate()
    assert f"port {first} on 127.0.0.1 is in use" in errors
