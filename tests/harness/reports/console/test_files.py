from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.reports.console.files import require_writable, write


def test_missing_folders_are_made(tmp_path: Path) -> None:
    """A report may go where no folder is yet."""
    path = tmp_path / "a" / "b.json"
    write(path, b"{}")
    assert path.read_bytes() == b"{}"


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    """An old report is replaced, and no partial file stays behind."""
    path = tmp_path / "r.json"
    write(path, b"old")
    write(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [
        ("r.json", b"new")
    ]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk is full half-way, the old report is still whole."""
    path = tmp_path / "r.json"
    write(path, b"old")

    def fill_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fill_disk)
    with pytest.raises(UnavailableError, match="No space left"):
        write(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [
        ("r.json", b"old")
    ]


def test_a_directory_is_refused(tmp_path: Path) -> None:
    """A report cannot take the place of a folder."""
    with pytest.raises(UnavailableError, match="is a directory"):
        require_writable(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A path below a file is refused in one sentence, before anything runs."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError, match="cannot write"):
        require_writable(tmp_path / "file" / "r.json")
