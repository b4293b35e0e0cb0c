"""From TOML files to scenarios; an id is the file's path below the catalogue.

Reads files and checks their form. Whether the names in them mean anything (a fault,
a cassette, a verdict) is for the harness to say: this package knows nothing of them.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from .explain import explain
from .schema import Scenario

ROOT = Path(__file__).parent
"""The folder of the catalogue: a folder a family, a file a scenario."""
MAX_FILE_BYTES = 64 * 1024


class ScenarioFileError(ValueError):
    """A scenario cannot be had; the message says file, place and remedy."""


def ids() -> list[str]:
    """Return the ids of the catalogue's scenarios, "family/what_happens", sorted."""
    files = ROOT.glob("*/*.toml")
    return sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in files)


def load(scenario: str) -> Scenario:
    """Return the scenario of the catalogue that has that id.

    An id can only ever be one of `ids`, so it cannot lead out of the catalogue.

    Raises:
        ScenarioFileError: None has that id, or its file has a mistake.
    """
    known = ids()
    if scenario not in known:
        near = get_close_matches(scenario, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "midstream list shows all"
        raise ScenarioFileError(f"no scenario is called {scenario!r}; {hint}")
    return _parsed(ROOT / f"{scenario}.toml", scenario, f"{scenario}.toml")


def load_file(path: str | Path) -> Scenario:
    """Return the scenario in a user's own file; its id is the file's name.

    Raises:
        ScenarioFileError: The file cannot be read or has a mistake.
    """
    return _parsed(Path(path), Path(path).stem, str(path))


def _parsed(path: Path, scenario: str, shown: str) -> Scenario:
    """Read, parse and check; *shown* is how messages call the file."""
    table = _table(_text(path, shown), shown)
    if "id" in table:
        raise ScenarioFileError(
            f"{shown}: $.id: a scenario is called by its file's name ({scenario!r}); "
            "leave the id out"
        )
    try:
        return msgspec.convert(table | {"id": scenario}, Scenario)
    except msgspec.ValidationError as error:
        problem = explain(str(error), Scenario)
        raise ScenarioFileError(f"{shown}: {problem}") from error


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
