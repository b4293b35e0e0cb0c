import subprocess
import sys
from pathlib import Path

import pytest

from tests.closing import counts

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
LEAVES_ONE = """\
import gc, subprocess
import pytest
pytestmark = pytest.mark.process
LONG = ["sh", "-c", "sleep 600 & echo $!; wait"]
pids = []
@pytest.fixture(scope="module")
def of_a_fixture():
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()
def test_leaves_one(of_a_fixture):
    process = subprocess.Popen(LONG, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pids.extend([process.pid, int(process.stdout.readline())])
    assert not process
def test_its_neighbour(of_a_fixture):
    gc.collect()
    import os
    for pid in pids:
        with pytest.raises(ProcessLookupError): os.kill(pid, 0)
    assert of_a_fixture.poll() is None
"""
IS_INTERRUPTED = """\
import subprocess
import pytest
@pytest.mark.process
def test_of_ctrl_c():
    done = subprocess.run(["sh", "-c", "kill -INT $$; echo lives on"], check=False)
    assert done.returncode == -2
"""
IGNORING = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")


def run(folder: Path, text: str, *before: str) -> str:
    """Run a file of tests with our plugin; return what pytest said."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    options = [
        "-q",
        "-pno:cacheprovider",
        "-pno:asyncio",
        "-ptests.children",
        "-omarkers=process",
    ]
    ours = [
        *before,
        sys.executable,
        "-m",
        "pytest",
        "-Werror",
        *options,
        f"--rootdir={folder}",
    ]
    done = subprocess.run(  # noqa: S603 - our own program
        [*ours, folder], check=False, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def test_what_a_failed_test_leaves_does_not_fail_its_neighbour(tmp_path: Path) -> None:
    """The process is gone with all below it, and nobody is warned of it later."""
    said = run(tmp_path, LEAVES_ONE)
    assert counts(said) == {"failed": 1, "passed": 1}, said


def test_in_the_background_of_a_shell_ctrl_c_ends_a_child(tmp_path: Path) -> None:
    """Though the shell has us ignore it, and children are as we are."""
    said = run(tmp_path, IS_INTERRUPTED, *IGNORING)
    assert counts(said) == {"passed": 1}, said
