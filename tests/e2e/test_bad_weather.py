"""What goes wrong around the runs is said plainly, and the others go on."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.mock_server import MockServer
from tests.broken_clients.base import FailFast
from tests.e2e.helpers_runs import campaign, one

pytestmark = pytest.mark.toxiproxy


def children() -> list[int]:
    """Return the processes that this process has started and that still run."""
    tasks = Path("/proc/self/task").iterdir()
    listed = " ".join((task / "children").read_text() for task in tasks)
    return [int(pid) for pid in listed.split()]


def toxiproxies() -> list[int]:
    """Return those of our children that are a toxiproxy-server."""
    return [
        pid
        for pid in children()
        if "toxiproxy" in Path(f"/proc/{pid}/cmdline").read_text()
    ]


class Assassin(FailFast):
    """Kills Toxiproxy in the middle of its first faulted conversation."""

    name = "assassin"

    def __init__(self) -> None:
        self.conversations = 0

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the baseline's conversation; kill in the second one."""
        self.conversations += 1
        deadly = self.conversations == 2
        async for op in super().converse(conversation):
            if deadly:
                deadly = False
                os.kill(toxiproxies()[0], signal.SIGKILL)
            yield op


def test_toxiproxy_gone_mid_run_spoils_that_run_only(tmp_path: Path) -> None:
    """The run it happened to is INVALID and says why; the next ones are judged."""
    patterns = ["midstream/cut_inside_event", "slow/latency"]

    done = campaign([Assassin()], patterns, tmp_path, jobs=1, again=0)

    first, second = done.by_client["assassin"]

    assert first.judgement.verdict is Verdict.INVALID
    assert "Toxiproxy" in first.judgement.reason
    assert second.judgement.grade is Grade.OK


def test_a_mistake_of_ours_spoils_that_run_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A defect in the harness is INVALID in the run that met it, and no more."""
    flush, calls = MockServer.flush, []

    async def broken(self: MockServer, api_key: str) -> None:
        calls.append(api_key)
        if len(calls) == 2:
            raise RuntimeError("a defect")
        await flush(self, api_key)

    monkeypatch.setattr(MockServer, "flush", broken)
    patterns = ["midstream/cut_inside_event", "slow/latency"]

    done = campaign([FailFast()], patterns, tmp_path, jobs=1, again=0)

    first, second = (o.judgement for o in done.by_client["fail_fast"])
    assert (first.verdict, first.grade) == (Verdict.INVALID, Grade.INVALID)
    assert "RuntimeError: a defect" in first.reason
    assert second.grade is Grade.OK


class ExitsAtOnce(FailFast):
    """Ends before it has said a word."""

    name = "exits_at_once"

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Return."""
        return
        yield Op(conversation)


def test_a_client_that_exits_at_once_is_the_clients_fault(tmp_path: Path) -> None:
    """It has not answered: that is a crash, not a mistake of ours."""
    outcome = one(ExitsAtOnce(), "baseline/short_answer", tmp_path)

    assert outcome.judgement.verdict is Verdict.CRASHED


def listening() -> set[str]:
    """Return the sockets that this process listens on."""
    ours = {
        str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()
    }
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return {
        row[1] for row in rows[1:] if row[3] == "0A" and f"socket:[{row[9]}]" in ours
    }


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """After the last run no process of ours runs and no port of ours is open."""
    before = listening()

    campaign([CLIENTS["reference"]()], ["midstream/*"], tmp_path, jobs=8)

    assert toxiproxies() == []
    assert listening() == before


def test_an_interrupt_cleans_up_and_exits_130(tmp_path: Path) -> None:
    """Ctrl-C ends all that was started, and says that it was interrupted."""
    command = [sys.executable, "-m", "midstream", "run", "--client", "naive"]
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*command, "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    started = [int(pid) for pid in listed.split()]

    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)

    assert process.returncode == 130, [*lines, rest]
    assert started
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
