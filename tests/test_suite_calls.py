import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.closing import counts

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
TESTS = """\
import pytest
@pytest.mark.alone
def test_alone(worker_id): assert worker_id == "master"
def test_shared(worker_id): assert worker_id != "master"
"""
PLAIN = [f"-pno:{each}" for each in ("asyncio", "anyio", "hypothesispytest", "timeout")]
INI = "[pytest]\nmarkers = alone\n    process\n"
BAD = "@pytest.mark.alone\ndef test_bad(): assert 0\n"


def suite(folder: Path, text: str, words: Sequence[str] = PLAIN) -> tuple[int, str]:
    """Run a suite of the tests in *text*; return its exit code, and what it said."""
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests", *words, "-c", folder / "pytest.ini", folder],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.returncode, done.stdout


def test_what_is_alone_is_and_the_rest_shares(tmp_path: Path) -> None:
    """Each test runs once, where it belongs, and the last line counts all."""
    code, said = suite(tmp_path, TESTS)
    assert (code, counts(said)) == (0, {"passed": 2}), said


def test_a_failure_in_the_first_call_fails_the_suite(tmp_path: Path) -> None:
    """Though the second call passes: exit code, last line, and the name before it."""
    code, said = suite(tmp_path, TESTS + BAD)
    assert (code, counts(said)) == (1, {"failed": 1, "passed": 2}), said
    assert "::test_bad" in said.splitlines()[-2]


PROFILE = "from hypothesis import settings; settings.register_profile('quick')"
QUICK = """\
import pytest
@pytest.mark.process
def test_left_out(): assert 0
def test_of_one_call(worker_id): assert worker_id == "master"
"""


def test_the_quick_ones_have_several_calls_and_one_last_line(tmp_path: Path) -> None:
    """Each file is in one of them; what fails in any fails all, and is named."""
    (tmp_path / "test_more.py").write_text(QUICK + "def test_bad(): assert 0\n")
    (tmp_path / "conftest.py").write_text(PROFILE)
    code, said = suite(tmp_path, QUICK, ["--quick"])
    assert (code, counts(said)) == (1, {"failed": 1, "passed": 2}), said
    assert "test_more.py::test_bad" in said.splitlines()[-2]
