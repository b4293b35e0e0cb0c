from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.native import program


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_without_a_compiler_it_is_said_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not what system call failed."""
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(BenchmarkError, match=r"no C compiler: .*apt-get install gcc"):
        program("drain")


@pytest.mark.process
def test_a_compiler_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And it leaves no half program behind."""
    monkeypatch.setenv("CC", "false")
    with pytest.raises(BenchmarkError, match=r"false cannot compile drain\.c"):
        program("drain")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.cc
def test_a_program_is_made_once() -> None:
    """The second time it is found where the first time put it."""
    made = program("limit")
    written_ns = made.stat().st_mtime_ns
    assert program("limit") == made
    assert made.stat().st_mtime_ns == written_ns
