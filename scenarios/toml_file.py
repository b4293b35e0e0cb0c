"""Reads a TOML file of bounded size, with a message for every way this can fail."""

import tomllib
from pathlib import Path
from typing import Any

from midstream.errors import MidstreamError

MAX_FILE_BYTES = 64 * 1024


class ScenarioFileError(MidstreamError, ValueError):
    """A scenario file has a mistake; the message says file, place and remedy."""


def read_table(path: Path, shown: str) -> dict[str, Any]:
    """Return the content of the file *path*; messages call it *shown*.

    Raises:
        ScenarioFileError: The file cannot be read, is too large, or is not TOML.
    """
    return _table(_text(path, shown), shown)


def _text(path: Path, shown: str) -> str:
    """Read a file of bounded size as UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise ScenarioFileError(f"{shown}: larger than {MAX_FILE_BYTES} bytes")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ScenarioFileError(f"{shown}: cannot be read: {reason}") from error
    except ValueError as error:
        if isinstance(error, ScenarioFileError):
            raise
        raise ScenarioFileError(f"{shown!r}: no file can have that name") from error


def _table(text: str, shown: str) -> dict[str, Any]:
    """Parse TOML; its parser names line and column by itself."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioFileError(f"{shown}: not TOML: {error}") from error
    except RecursionError as error:
        raise ScenarioFileError(f"{shown}: nested too deeply") from error
