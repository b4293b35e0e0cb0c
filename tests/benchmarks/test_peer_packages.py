import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.peer import LLMOCK
from benchmarks.peer_packages import installed


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Run no command, and return those that were to be run; the cache is empty."""
    called: list[list[str]] = []

    def run(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - run's own
        called.append(list(command))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", run)
    return called


def test_a_package_is_installed_once(commands: list[list[str]], tmp_path: Path) -> None:
    """Into an environment of its own below the cache, at its exact version."""
    folder = installed(LLMOCK)
    assert folder.is_relative_to(tmp_path)
    assert commands[-1][-1] == f"llmock=={LLMOCK.version}"
    assert commands[-1][0] == str(folder / "bin" / "python")
    before = len(commands)
    assert installed(LLMOCK) == folder
    assert len(commands) == before


def test_what_cannot_be_installed_says_why(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of what the installer says, and nothing counts as installed."""

    def fail(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - run's own
        commands.append(list(command))
        return subprocess.CompletedProcess(command, 1, "", "first\nno such package\n")

    monkeypatch.setattr(subprocess, "run", fail)
    for _ in range(2):
        with pytest.raises(BenchmarkError, match=r"with pip: no such package"):
            installed(LLMOCK)
    assert len(commands) == 2
