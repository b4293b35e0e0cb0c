import argparse
import signal
import subprocess
import sys

import pytest

from mock_server import MockServer
from mock_server.serve import add_serve_arguments, main


async def test_it_says_where_it_is_and_ends_cleanly() -> None:
    """It prints its base URL and how to use it; SIGINT ends it with code 0."""
    argv = [sys.executable, "-m", "mock_server", "--speed", "0", "--admin"]
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
    "address": (["--host", "0.0.0.0"], "not a loopback address"),
    "port": (["--port", "99999"], "a port is 0 to 65535, not 99999"),
    "speed": (["--speed", "-1"], "a speed is 0 or more, not -1"),
    "no number": (["--speed", "fast"], "a speed is 0 or more, not fast"),
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
        argv = [sys.executable, "-m", "mock_server", "--port", str(server.port)]
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
