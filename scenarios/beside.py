"""Finds the files that a file names: beside it, or else in the current folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from .toml_file import ScenarioFileError

_RECORDING, _DECLARATION = ".jsonl", ".toml"
"""How the name of a file ends; any other name is one of the collection."""


def dialect_beside(file: Path, dialect: str | None) -> str | None:
    """Return the *dialect* that *file* names, as `beside` does with recordings."""
    if dialect is None:
        return None
    return _found(dialect, file.parent, "$.dialect", _DECLARATION)


def beside(file: Path, cassettes: Iterable[str]) -> tuple[str, ...]:
    """Return *cassettes*, which *file* names, with each path as it is to be opened.

    A relative path starts at the folder of *file*; if nothing is there, at the current
    folder.

    Raises:
        ScenarioFileError: There is nothing in either; the message begins with the place
            in *file*.
    """
    return tuple(
        _found(name, file.parent, f"$.cassettes[{index}]", _RECORDING)
        for index, name in enumerate(cassettes)
    )


def _found(name: str, folder: Path, place: str, suffix: str) -> str:
    """Return where the file *name* is, or *name* itself if it is no path."""
    if not name.endswith(suffix) or Path(name).is_absolute():
        return name
    for path in (folder / name, Path(name)):
        if path.is_file():
            return str(path)
    looked = " or ".join(dict.fromkeys(_folders(folder / name, Path(name))))
    raise ScenarioFileError(f"{place}: there is no {Path(name).name} in {looked}")


def _folders(*paths: Path) -> Iterator[str]:
    """Yield the folders of *paths* as they are from the root on."""
    for path in paths:
        yield str(path.absolute().parent)
