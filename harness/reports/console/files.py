"""Writes a report to its file, whole or not at all."""

import os
from pathlib import Path

from midstream.harness.errors import UnavailableError


def require_writable(path: Path) -> None:
    """Create the folder of *path*, so that a long campaign does not end in an error.

    Raises:
        UnavailableError: Nothing can be written there; the message says why.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error.strerror}") from error
    if path.is_dir():
        raise UnavailableError(f"cannot write {path}: it is a directory")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UnavailableError(f"cannot write {path}: no permission in {path.parent}")


def write(path: Path, data: bytes) -> None:
    """Write *data* to *path*; a reader sees the old file or the whole new one.

    Raises:
        UnavailableError: The file cannot be written; the message says why.
    """
    require_writable(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
