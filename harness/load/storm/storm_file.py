"""Reads storms from TOML files, and checks them; a storm has its file's name."""

from pathlib import Path

import msgspec

from midstream.explain import explain
from midstream.harness.load.errors import StormError
from midstream.mock_server.core.errors import UnknownNameError
from midstream.scenarios import ScenarioFileError
from midstream.scenarios.beside import beside, dialect_beside
from midstream.scenarios.toml_file import read_table

from .storm import Storm
from .storm_check import check

ROOT = Path(__file__).parent / "catalogue"
"""The folder of midstream's own storms, one file each."""


def names() -> list[str]:
    """Return the names of midstream's own storms, sorted."""
    return sorted(path.stem for path in ROOT.glob("*.toml"))


def load(storm: str | Path, dialect: str | None = None) -> Storm:
    """Return the storm of that name, or the one in that ``.toml`` file.

    A name must be one of `names`, so it cannot lead out of the folder. *dialect* goes
    before what the file says.

    Raises:
        UnknownNameError: No storm has that name; the nearest is suggested.
        StormError: The file cannot be read or has a mistake.
    """
    if isinstance(storm, Path) or storm.endswith(".toml"):
        return _parsed(Path(storm), str(storm), dialect)
    if storm not in (known := names()):
        raise UnknownNameError("storm", storm, known)
    return _parsed(ROOT / f"{storm}.toml", f"storms/{storm}.toml", dialect)


def _parsed(path: Path, shown: str, dialect: str | None) -> Storm:
    """Read, parse and check a file, which messages call *shown*."""
    try:
        table = read_table(path, shown)
    except ScenarioFileError as error:
        raise StormError(str(error)) from error
    if "name" in table:
        raise StormError(
            f"{shown}: $.name: a storm has its file's name ({path.stem!r}); "
            "remove this line"
        )
    try:
        storm = msgspec.convert(table | {"name": path.stem}, Storm)
        found = beside(path, storm.cassettes)
        dialect = dialect or dialect_beside(path, storm.dialect)
    except msgspec.ValidationError as error:
        raise StormError(f"{shown}: {explain(str(error), Storm)}") from error
    except ScenarioFileError as error:
        raise StormError(f"{shown}: {error}") from error
    storm = msgspec.structs.replace(storm, cassettes=found, dialect=dialect)
    check(storm, shown)
    return storm
