"""Load runs that end early, whyever: said, kept and marked, and never a hang."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from midstream.harness.programs import Program
from tests.e2e.helpers_load import CALM, Running, result, running, storm
from tests.helpers import free_port

pytestmark = [pytest.mark.load, pytest.mark.toxiproxy]


LATER = CALM + "[[phases.outages]]\nafter = 0.5\nfor_s = 1.0\n"
"""Nothing happens in the first minutes, but everything stands by."""


@contextmanager
def busy(cwd: Path, *words: str, weather: str = CALM) -> Iterator[Running]:
    """Give a run of five minutes of which a stream or more has ended."""
    crowd = ("-u", "3", "-r", "9", "-t", "5m", *words)
    with running("--storm", storm(cwd, weather), *crowd, cwd=cwd) as load:
        load.until(r" [1-9]\d* streams? ")
        yield load


def require_marked(cwd: Path, load: Running, why: str) -> None:
    """Make sure that the result is there, says why it is partial, and is no pass."""
    found = result(cwd)
    assert (found.verdict, found.trouble) == ("INVALID", why), load.said
    assert found.totals["streams"] > 0
    assert found.totals["said"] == found.totals["shown"]
    assert f"(ended early: {why})" in load.said


def test_ctrl_c_keeps_what_there_is(tmp_path: Path) -> None:
    """Exit 130, with what was measured until then, marked."""
    with busy(tmp_path) as load:
        load.interrupt()
        assert load.end() == 130, load.said
    require_marked(tmp_path, load, "interrupted")
    assert "Traceback" not in load.said


PRESSED = """\
import signal
from pathlib import Path
from midstream.harness.load.locust_hooks.users.reference import ReferenceUser
class Pressed(ReferenceUser):
    was_pressed = False
    def converse(self, conversation):
        for op in super().converse(conversation):
            if Path("pressed").exists() and not Pressed.was_pressed:
                Pressed.was_pressed = True
                signal.raise_signal(signal.SIGINT)
            yield op
"""
"""Whom Ctrl-C meets in the middle of a conversation, and not between two."""


def test_ctrl_c_ends_workers_wherever_it_meets_them(tmp_path: Path) -> None:
    """The same with two workers, and none of them shows where it was at the time."""
    (tmp_path / "pressed.py").write_text(PRESSED, encoding="utf-8")
    mine = ("--locustfile", "pressed.py", "--processes", "2")
    with busy(tmp_path, *mine, "--master-port", str(free_port())) as load:
        (tmp_path / "pressed").touch()
        load.process.send_signal(signal.SIGINT)
        assert load.end() == 130, load.said
    require_marked(tmp_path, load, "interrupted")
    assert "Traceback" not in load.said
    assert "KeyboardInterrupt" not in load.said
    assert result(tmp_path).workers == 2


LOST = {
    "the server": (f"-m {Program.SERVER.value}", "the server was ended by SIGKILL"),
    "Toxiproxy": ("toxiproxy-server", "Toxiproxy ended with exit status 1"),
    "the outage scheduler": (
        Program.OUTAGES.value,
        "the outage scheduler was ended by SIGKILL",
    ),
}


@pytest.mark.parametrize(("program", "why"), LOST.values(), ids=LOST)
def test_what_dies_in_the_middle_is_named(
    program: str, why: str, tmp_path: Path
) -> None:
    """Exit 3, at once: nobody waits five minutes for what cannot come."""
    with busy(tmp_path, weather=LATER) as load:
        for child in load.children(program):
            child.kill()
        assert load.end() == 3, load.said
    require_marked(tmp_path, load, why)


STILL = {
    "the server": ((), Program.SERVER, r"server 1"),
    "a worker": (("--processes", "2"), Program.LOCUST, r"worker [01]"),
}


@pytest.mark.parametrize(("words", "program", "who"), STILL.values(), ids=STILL)
def test_who_stands_still_voids_the_run(
    words: tuple[str, ...], program: Program, who: str, tmp_path: Path
) -> None:
    """Exit 3: what streams waited for it is neither the client's fault nor merit."""
    crowd = ("-u", "4", "-r", "9", "-t", "6s", "--storm", storm(tmp_path, CALM))
    port = ("--master-port", str(free_port()))
    with running(*crowd, *words, *port, cwd=tmp_path) as load:
        load.until(r"K[1-3] s of 6 s .* 4 users")
        stopped = load.children(f"-m {program.value} ")[0]
        stopped.suspend()
        load.until(r"K[56] s of 6 s")
        stopped.resume()
        assert load.end() == 3, load.said
    found = result(tmp_path)
    assert (found.verdict, found.trouble) == ("INVALID", ""), load.said
    assert "standstill" in {ailment.kind for ailment in found.health}
    assert re.search(f"! {who} stood still for ", load.said)
