"""Cassettes: where they are, and the one door through which they are read.

`load` takes a name from the shipped collection or the path of a user's own file;
what it returns has been checked (`cassette_file`: form and limits; `coherence`: sense).
"""

from functools import lru_cache
from pathlib import Path

from midstream.mock_server.core.errors import CassetteError, UnknownNameError

from .cassette import Cassette, Chunk, Exchange, RecordedEvent
from .cassette_file import MAX_FILE_BYTES, dumps, loads

__all__ = [
    "ROOT",
    "Cassette",
    "Chunk",
    "Exchange",
    "RecordedEvent",
    "dumps",
    "load",
    "names",
]

ROOT = Path(__file__).parents[1] / "dialects"
"""Where the shipped cassettes are: ``DIALECT/cassettes/FILE.jsonl``."""


def names(root: Path = ROOT) -> list[str]:
    """Return the names of the collection's cassettes, ``dialect/file``, sorted."""
    return sorted(
        f"{path.parts[-3]}/{path.stem}"
        for path in root.glob("*/cassettes/*.jsonl")
        if path.is_file() and path.resolve().is_relative_to(root.resolve())
    )


def load(cassette: str | Path, root: Path = ROOT) -> Cassette:
    """Return the cassette of that name, or the one in that ``.jsonl`` file.

    A name can only ever be one of `names`, so it cannot lead out of *root*.

    Raises:
        UnknownNameError: No cassette has that name; the nearest is suggested.
        CassetteError: The file is missing, too large, malformed or incoherent.
    """
    if isinstance(cassette, Path) or cassette.endswith(".jsonl"):
        return _parsed(_read(Path(cassette)), Path(cassette))
    return _load_named(cassette, root)


@lru_cache(maxsize=8)
def _parsed(data: bytes, path: Path) -> Cassette:
    """Parse a user's file; a load generator names the same one for each session."""
    return loads(data, name=path.stem, file=str(path))


@lru_cache(maxsize=64)
def _load_named(name: str, root: Path) -> Cassette:
    """Load one of the collection; the result is immutable, hence shared."""
    if name not in (known := names(root)):
        raise UnknownNameError("cassette", name, known)
    dialect, _, file = name.partition("/")
    path = root / dialect / "cassettes" / f"{file}.jsonl"
    return loads(_read(path), name=name, file=f"{name}.jsonl")


def _read(path: Path) -> bytes:
    """Read a regular file of bounded size."""
    if path.suffix != ".jsonl":
        raise CassetteError(f"{path}: a cassette's file name ends in .jsonl")
    if "\0" in str(path) or not path.is_file():
        raise CassetteError(f"{path}: no such file")
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise CassetteError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
    return data
