import subprocess
import sys

import pytest

from midstream import __version__
from tests.packaging.helpers_build import CHECKOUT

pytestmark = pytest.mark.process

BARE = {
    "harness": (["-m", "harness"], "python -m midstream"),
    "harness, a folder": (["harness"], "python -m midstream"),
    "mock_server": (["-m", "mock_server"], "python -m midstream.mock_server"),
    "mock_server, a folder": (["mock_server"], "python -m midstream.mock_server"),
}


def python(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with *words* in the root of the checkout."""
    command = [sys.executable, *words]
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("module", ["midstream", "midstream.harness"])
def test_the_package_is_the_command(module: str) -> None:
    """`python -m midstream` is the command `midstream`."""
    done = python("-m", module, "--version")
    assert (done.returncode, done.stdout) == (0, f"{__version__}\n")


def test_the_server_is_started_by_its_whole_name() -> None:
    """`python -m midstream.mock_server` has the options of `midstream serve`."""
    done = python("-m", "midstream.mock_server", "--help")
    assert done.returncode == 0
    assert "--cassette" in done.stdout


@pytest.mark.parametrize(("words", "instead"), BARE.values(), ids=BARE)
def test_a_second_copy_is_refused(words: list[str], instead: str) -> None:
    """Started by a bare name in the checkout, it says what to type, and ends with 2."""
    done = python(*words, "--help")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.endswith(f"type: {instead}")
