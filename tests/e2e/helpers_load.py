"""Load runs as people start them: processes of their own, seen from outside."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from midstream.harness.load.metrics.result import LoadResult, decode

LOCUSTFILE = Path(__file__).parents[2] / "harness" / "load" / "locustfile.py"
LOCUST = (sys.executable, "-m", "locust")
MIDSTREAM = (sys.executable, "-m", "midstream", "load")
_PATIENCE_S = 180.0
_OF_A_BUSY_MACHINE = {"send_lag", "loop_lag", "standstill", "cpu"}

STORM = """\
description = "Cuts, early ends and a short outage for all, within seconds."
cassettes = ["openai_assistants/multilingual"]
speed = 4.0
idle_s = 2.0
total_s = 15.0

[[phases]]
name = "calm"

[[phases]]
name = "wild"
share = 3

[[phases.faults]]
kind = "cut"
part = 0.4
args = { bytes = [4000, 30000], end = "rst" }

[[phases.faults]]
kind = "early_end"
part = 0.4
at = { event = "thread.message.delta", nth = [5, 100] }

[[phases.outages]]
after = 0.3
for_s = 0.8
"""
ENDED_EARLY = STORM.replace("part = 0.4", "part = 0.05", 1).replace(
    "part = 0.4", "part = 0.95"
)
"""The same, but nearly every struck stream ends early: a few of them are enough."""
CALM = """\
description = "Nothing goes wrong, quickly."
cassettes = ["openai_assistants/short_answer"]
speed = 4.0
total_s = 10.0

[[phases]]
name = "calm"
"""
OUTAGE = """\
description = "Nothing but one outage for all."
cassettes = ["openai_assistants/multilingual"]
speed = 4.0
total_s = 15.0

[[phases]]
name = "one"

[[phases.outages]]
after = 0.5
for_s = 0.8
"""


@dataclass(frozen=True)
class Done:
    """A process that has ended: its exit code, and all that it has said."""

    code: int
    said: str


def run(
    *words: str | Path,
    command: tuple[str, ...] = MIDSTREAM,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> Done:
    """Run *command* with *words* in *cwd* to its end."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [*command, *map(str, words)],
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE_S,
    )
    return Done(done.returncode, done.stdout)


def storm(cwd: Path, text: str = STORM) -> Path:
    """Write a storm file into *cwd*."""
    path = cwd / "short.toml"
    path.write_text(text, encoding="utf-8")
    return path


def result(cwd: Path) -> LoadResult:
    """Return the result that a run in *cwd* has kept."""
    return decode((cwd / "runs" / "load" / "latest" / "result.json").read_bytes())


def require_quiet(done: Done, found: LoadResult) -> None:
    """Skip, and say why, where the machine was too busy for a healthy rig.

    The run itself must have said so: it is no pass, and no failure of the client.
    """
    ills = {ailment.kind for ailment in found.health}
    if ills and ills <= _OF_A_BUSY_MACHINE:
        assert (done.code, found.verdict) == (3, "INVALID"), done.said
        pytest.skip("; ".join(ailment.message for ailment in found.health))


class Running:
    """A load run that goes on, at a terminal of ours."""

    def __init__(self, process: "subprocess.Popen[bytes]", terminal: int) -> None:
        """Read what *process* says from *terminal*."""
        self.process, self._terminal = process, terminal
        self.said = ""

    def until(self, pattern: str) -> None:
        """Wait until it has said *pattern*; fail if it ends without."""
        until_s = time.monotonic() + _PATIENCE_S
        while not re.search(pattern, self.said):
            assert time.monotonic() < until_s, f"no {pattern!r} in {self.said}"
            assert self._read(), f"ended without {pattern!r}: {self.said}"

    def end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        until_s = time.monotonic() + _PATIENCE_S
        while self._read():
            assert time.monotonic() < until_s, f"does not end: {self.said}"
        return self.process.wait(_PATIENCE_S)

    def interrupt(self) -> None:
        """Press Ctrl-C: all that stand in the foreground get it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def children(self, word: str) -> list[psutil.Process]:
        """Return all processes below it whose command has *word* in it."""
        tree = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in tree if word in " ".join(child.cmdline())]

    def _read(self) -> bool:
        """Read what there is to be read, within a second; say if there may be more."""
        if not select.select([self._terminal], [], [], 1.0)[0]:
            return True
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # Linux says so when nobody holds the other end any more
            return False
        self.said += data.decode(errors="replace")
        return bool(data)


@contextmanager
def running(
    *words: str | Path, command: tuple[str, ...] = MIDSTREAM, cwd: Path
) -> Iterator[Running]:
    """Start *command* with *words* in *cwd*; whatever is left of it ends with us."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own programs
        [*command, *map(str, words)],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        process_group=0,
    )
    os.close(theirs)
    try:
        yield Running(process, ours)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_PATIENCE_S)
        os.close(ours)


def verdicts(of: LoadResult) -> dict[str, int]:
    """Return how many streams had which verdict."""
    return {count.verdict: count.n for count in of.verdicts}
