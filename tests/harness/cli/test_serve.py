import socket
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from midstream.harness.cli import main
from midstream.mock_server.control import serve

SERVE = [sys.executable, "-m", "midstream", "serve"]


@pytest.mark.process
def test_it_serves_until_it_is_stopped() -> None:
    """The printed address answers as OpenAI would, and SIGTERM ends it cleanly."""
    with subprocess.Popen(  # noqa: S603 - our own program
        SERVE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            word, url = process.stdout.readline().split()
            with pytest.raises(HTTPError) as refused:
                urlopen(f"{url}/threads/thread_1")  # noqa: S310 - our own address
            with refused.value:
                assert refused.value.code == 401
        finally:
            process.terminate()
        process.stdout.read()
    assert word == "serving"
    assert url.startswith("http://127.0.0.1:")
    assert process.returncode == 0


def test_a_taken_port_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    """A port in use: one line, exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("midstream: ")
    assert str(port) in error
    assert len(error.splitlines()) == 1


def test_an_unknown_cassette_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cassette that does not exist is wrong usage, before anything is served."""
    monkeypatch.setattr(serve, "run_serve", lambda _: 0)
    assert main(["serve", "--cassette", "openai_assistants/short_answr"]) == 2
    assert "did you mean 'openai_assistants/short_answer'" in capsys.readouterr().err
