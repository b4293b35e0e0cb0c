"""Loads scenarios from TOML files; an id is the file's path below the catalogue.

Reads files and checks their form. The harness checks the names in them (faults,
cassettes, verdicts), since this package does not know them.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

import msgspec

from midstream.explain import explain

from .beside import beside, dialect_beside
from .schema import Scenario
from .toml_file import ScenarioFileError, read_table

ROOT = Path(__file__).parent
"""The catalogue: one folder for each family, one file for each scenario."""


def ids() -> list[str]:
    """Return the ids of the catalogue's scenarios, "family/what_happens", sorted."""
    return list(_ids())


@cache
def _ids() -> tuple[str, ...]:
    files = ROOT.glob("*/*.toml")
    return tuple(sorted(f"{path.parent.name}/{path.stem}" for path in files))


def load(scenario: str) -> Scenario:
    """Return the scenario of the catalogue whose id is *scenario*.

    Only an id of `ids` is accepted, so it cannot lead out of the catalogue.

    Raises:
        ScenarioFileError: No scenario has that id, or its file has a mistake.
    """
    known = _ids()
    if scenario not in known:
        near = get_close_matches(scenario, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "midstream list shows all"
        raise ScenarioFileError(f"no scenario is called {scenario!r}; {hint}")
    return _parsed(ROOT / f"{scenario}.toml", scenario, f"{scenario}.toml")


def load_file(path: str | Path) -> Scenario:
    """Return the scenario in a user's own file; its id is the file's name.

    Paths in it start at its folder, or else at the current one.

    Raises:
        ScenarioFileError: The file cannot be read or has a mistake.
    """
    own = _parsed(Path(path), Path(path).stem, str(path))
    try:
        return msgspec.structs.replace(
            own,
            cassettes=beside(Path(path), own.cassettes),
            dialect=dialect_beside(Path(path), own.dialect),
        )
    except ScenarioFileError as error:
        raise ScenarioFileError(f"{path}: {error}") from error


def _parsed(path: Path, scenario: str, shown: str) -> Scenario:
    """Read, parse and check a file; messages call it *shown*."""
    table = read_table(path, shown)
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
