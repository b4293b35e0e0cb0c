import subprocess
import sys
from pathlib import Path

import pytest

from tests.closing import counts, named

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
TESTS = """\
import contextlib, os, subprocess, pytest
def start(): subprocess.run(["true"], check=True)
def test_unmarked(): start()
def test_that_swallows():
    with contextlib.suppress(Exception): start()
@pytest.fixture
def started(): start()
def test_of_a_fixture(started): pass
@pytest.mark.process
def test_marked(): start()
@pytest.mark.toxiproxy
def test_of_a_need(started): start()
def test_that_starts_none(): assert os.getpid()
"""


def test_who_starts_a_process_without_the_mark_fails(tmp_path: Path) -> None:
    """Whether it is the test or its fixture, and whether the refusal is let through."""
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    options = ["-q", "-ra", "-pno:cacheprovider", "-ptests.process_guard", "-Wignore"]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", tmp_path],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    names = [line.rpartition("::")[2].partition(" ")[0] for line in named(done.stdout)]
    assert sorted(names) == ["test_of_a_fixture", "test_that_swallows", "test_unmarked"]
    assert counts(done.stdout) == {"failed": 2, "error": 1, "passed": 3}, done.stdout
