"""Load runs that never begin: what is wrong, where, and what would be right."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from midstream.harness.cli import main
from midstream.harness.programs import Program
from tests.e2e.helpers_load import CALM, LOCUST, LOCUSTFILE, MIDSTREAM, run, storm

pytestmark = [pytest.mark.load, pytest.mark.process]


@pytest.fixture
def taken() -> Iterator[str]:
    """Return a port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


MISTAKES = {
    "a word that is none": (
        CALM.replace("speed", "sped"),
        ["unknown field `sped`", "did you mean 'speed'?"],
    ),
    "a storm that is no TOML": (CALM + "share = = 3", ["not TOML", "line 8"]),
    "a mistake deep inside": (
        CALM + '[[phases.faults]]\nkind = "cot"\npart = 0.1',
        ["$.phases[0].faults[0].kind", "did you mean 'cut'?"],
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_storm_is_located(
    text: str, said: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2: the file, the place in it, and what would be right."""
    path = storm(tmp_path, text)
    assert main(["load", "--storm", str(path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"midstream: {path}: ")
    assert [words for words in said if words not in told] == [], told


def test_locust_itself_says_the_same(tmp_path: Path) -> None:
    """Exit 2 and one line, no traceback, before anything starts."""
    words = ("-f", LOCUSTFILE, "--headless", "--storm", "steadi")
    done = run(*words, command=LOCUST, cwd=tmp_path)
    assert done.code == 2
    assert "midstream: no storm is called 'steadi'; did you mean 'steady'?" in done.said
    assert "Traceback" not in done.said


@pytest.mark.parametrize("module", ["locust", "hdrh"])
def test_what_is_not_installed_is_named_with_its_extra(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and what to type."""
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["load"]) == 2
    assert "pip install 'midstream[load]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--web"], "--web-port"),
        (["--master"], "--master-port"),
        (["--processes", "2"], "--master-port"),
    ],
    ids=["the page's", "the master's", "the workers'"],
)
def test_a_port_that_is_taken_is_named(
    words: list[str], option: str, taken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and the option that says another."""
    assert main(["load", *words, option, taken]) == 2
    told = capsys.readouterr().err
    assert f"port {taken} (Address already in use)" in told
    assert told.rstrip().endswith(option)


def test_a_port_that_nobody_needs_may_be_taken(
    taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a page and without workers it becomes Locust all the same."""
    become = Mock(side_effect=SystemExit)
    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit):
        main(["load", "--web-port", taken, "--master-port", taken])
    locust = Program.LOCUST.argv()
    assert become.call_args.args[1][: len(locust)] == locust


def test_an_outage_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """Exit 2, and how long the run would have to be."""
    outage = "[[phases.outages]]\nafter = 0.5\nfor_s = 5.0\n"
    path = storm(tmp_path, CALM + outage)
    done = run("--storm", path, "-t", "2s", cwd=tmp_path)
    assert done.code == 2, done.said
    assert "10" in done.said.partition("midstream: ")[2]


OWN = {
    "no Python": ("def x(:", "mine.py:1: invalid syntax"),
    "a mistake in it": ("import os\nos.nothing()", "mine.py:2: AttributeError: "),
    "nobody in it": ("x = 1", "mine.py: it defines no class of users"),
    "somebody whom nobody can judge": (
        (
            "from locust import HttpUser, task\n"
            "class U(HttpUser):\n    t = task(lambda _: None)"
        ),
        "mine.py: U is not a subclass of midstream.StreamingUser",
    ),
    "somebody who does not say who": (
        (
            "from midstream.harness.load.locust_hooks.users import StreamingUser\n"
            "class U(StreamingUser):\n    converse = list"
        ),
        "mine.py: U does not name the client it tests: it has no client_info",
    ),
    "somebody who does not converse": (
        (
            "from midstream.harness.record.case import ClientInfo\n"
            "from midstream.harness.load.locust_hooks.users import StreamingUser\n"
            "class U(StreamingUser):\n"
            "    client_info = ClientInfo(name='mine', version='1', level=1)"
        ),
        "mine.py: U has no method converse",
    ),
}


@pytest.mark.parametrize(("text", "said"), OWN.values(), ids=OWN)
def test_a_mistake_in_a_locustfile_is_told_before_anything_starts(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and one line: the file, the place in it, and what is missing."""
    path = tmp_path / "mine.py"
    path.write_text(text)
    assert main(["load", "--storm", "steady", "--locustfile", str(path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"midstream: {tmp_path}/{said}")
    assert len(told.splitlines()) == 1


OURS = ("-f", LOCUSTFILE, "--headless")


@pytest.mark.parametrize(
    ("words", "command", "time"),
    [((), MIDSTREAM, "0s"), (OURS, LOCUST, "0")],
    ids=["midstream load", "locust alone"],
)
def test_a_run_of_no_time_is_refused(
    words: tuple[str | Path, ...], command: tuple[str, ...], time: str, tmp_path: Path
) -> None:
    """Exit 2, and the option; it is not taken for silence, which means a minute."""
    done = run(*words, "-t", time, command=command, cwd=tmp_path)
    assert done.code == 2, done.said
    assert "midstream: -t, --run-time: 0 s" in done.said
    assert "Traceback" not in done.said
    assert not (tmp_path / "runs").exists()
