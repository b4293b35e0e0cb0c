"""Finds, reads and imports cassettes; all other code reads them through this module.

`load` takes a name from the shipped collection or the path of a user's own file. The
cassettes that it returns are checked: form and limits by `recordings`, content by the
dialect.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from midstream.mock_server.core.errors import (
    CassetteError,
    DeclarationError,
    UnknownNameError,
)
from midstream.mock_server.core.shapes import Shapes
from midstream.mock_server.dialects import DIALECTS
from midstream.mock_server.recordings import cassette_file, vcr
from midstream.mock_server.recordings.cassette import (
    DECLARED,
    VERBATIM,
    Cassette,
    Exchange,
    IncoherentError,
)
from midstream.mock_server.recordings.cassette_file import MAX_FILE_BYTES
from midstream.mock_server.recordings.declared.declaration import Declaration
from midstream.mock_server.recordings.declared.declaration import (
    loads as parse_declaration,
)
from midstream.mock_server.recordings.declared.spoken import check_error_event

MAX_DECLARATION_BYTES = 2**20

ROOT = Path(__file__).parent / "dialects"
"""Where the shipped cassettes are: ``DIALECT/cassettes/FILE.jsonl``."""


def names(root: Path = ROOT) -> list[str]:
    """Return the names of the collection's cassettes, ``dialect/file``, sorted."""
    return sorted(
        f"{path.parts[-3]}/{path.stem}"
        for path in root.glob("*/cassettes/*.jsonl")
        if path.is_file() and path.resolve().is_relative_to(root.resolve())
    )


def load(
    cassette: str | Path, root: Path = ROOT, *, dialect: str | Path | None = None
) -> Cassette:
    """Return the cassette of that name, or the one in that ``.jsonl`` file.

    A name can only ever be one of `names`, so it cannot lead out of *root*. *dialect*
    is a file that declares the dialect, or the name of a declared one that is shipped;
    it goes before what the cassette says.

    Raises:
        UnknownNameError: No cassette has that name; the nearest is suggested.
        CassetteError: The file is missing, too large, malformed or incoherent.
        DeclarationError: *dialect* cannot be read.
    """
    if isinstance(cassette, Path) or cassette.endswith(".jsonl"):
        found = _parsed(_read(Path(cassette)), Path(cassette))
    else:
        found = _load_named(cassette, root)
    if dialect is None:
        return found
    return _declared(found, *_declaration_source(str(dialect), Path()))


def loads(data: bytes, name: str, file: str = "") -> Cassette:
    """Return the cassette that *data* is the text form of, checked by its dialect.

    *file* is the name of the file in error messages.

    Raises:
        CassetteError: *data* is malformed, over a limit or incoherent.
    """
    cassette = cassette_file.loads(data, name=name, check=_check, file=file)
    if cassette.dialect in DIALECTS:
        return cassette
    return _declared(
        cassette, *_declaration_source(cassette.dialect, Path(file or ".").parent)
    )


def declaration(dialect: str, folder: Path) -> Declaration:
    """Return the declaration in the file *dialect*, or the shipped one of that name.

    A relative path begins at *folder*.

    Raises:
        DeclarationError: It cannot be read.
    """
    return _read_declaration(*_declaration_source(dialect, folder))


def dialect_names() -> list[str]:
    """Return the names of all dialects, sorted."""
    return sorted({*declared_names(), *DIALECTS} - {DECLARED})


def declared_names() -> list[str]:
    """Return the names of the declared dialects that are shipped, sorted."""
    return sorted(path.stem for path in ROOT.glob("*.toml"))


def event_counts(cassette: Cassette, exchange: Exchange) -> Counter[str]:
    """Return how often each event occurs in a stream, by its name and by its role."""
    names, reading = DIALECTS[cassette.kind].roles, exchange.reading
    counts: Counter[str] = Counter()
    for number, block in enumerate(exchange.blocks()):
        if block.name is not None:
            role = reading.roles[number] if reading else names.get(block.name, "other")
            counts.update({block.name, role})
    return counts


def shapes_of(cassettes: Sequence[Cassette]) -> Shapes:
    """Return how faults say something in the API of *cassettes*, at least one."""
    return DIALECTS[cassettes[0].kind].shapes(cassettes)


def import_vcr(text: str, *, title: str) -> Cassette:
    """Return the cassette that VCR YAML *text* holds; *title* names it to readers.

    It is in the dialect that recognises one of the exchanges, or verbatim.

    Raises:
        CassetteError: *text* is not VCR, unsafe to read, or incoherent.
    """
    exchanges, provenance = vcr.read_vcr(text, title)
    known = (n for n in DIALECTS if any(map(DIALECTS[n].recognises, exchanges)))
    dialect = next(known, VERBATIM)
    cassette = Cassette(title, dialect, title, provenance, exchanges)
    for name in declared_names() if dialect == VERBATIM else ():
        source = _declaration_source(name, Path())
        known_by = _read_declaration(*source)
        if any(exchange.is_of(known_by) for exchange in exchanges):
            return _declared(cassette, *source)
    try:
        _check(cassette)
    except IncoherentError as error:
        raise CassetteError(
            f"{title}: interaction {error.exchange}: {error}"
        ) from error
    return cassette


def import_file(path: Path, out: Path) -> Path:
    """Import the VCR file at *path*; return where the cassette was written.

    *out* is a ``.jsonl`` file or a folder, in which the file takes *path*'s stem.

    Raises:
        CassetteError: *path* cannot be imported, or the cassette exists already.
    """
    target = out if out.suffix == ".jsonl" else out / f"{path.stem}.jsonl"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CassetteError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CassetteError(f"{path}: cannot be read: it is not UTF-8") from error
    written = cassette_file.dumps(import_vcr(text, title=path.stem))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(written)
    except FileExistsError as error:
        raise CassetteError(
            f"{target}: exists already and is not overwritten; choose another name"
        ) from error
    except OSError as error:
        raise CassetteError(f"{target}: cannot be written: {error.strerror}") from error
    return target


def _check(cassette: Cassette) -> None:
    """Check *cassette* by the rules of its dialect, if there is such a dialect."""
    if cassette.kind in DIALECTS:
        DIALECTS[cassette.kind].check(cassette)


def _declaration_source(dialect: str, folder: Path) -> tuple[str, Path, bytes]:
    """Return *dialect*, and the file that declares it with its bytes.

    Raises:
        DeclarationError: There is no such file or name, or it is too large.
    """
    if dialect.endswith(".toml"):
        path = folder / dialect
        if not path.is_file():
            raise DeclarationError(
                f"{dialect}: there is no such file in {path.absolute().parent}"
            )
    elif dialect in (known := declared_names()):
        path = ROOT / f"{dialect}.toml"
    else:
        unknown = UnknownNameError("dialect", dialect, [*known, *DIALECTS])
        raise DeclarationError(f"{unknown}; or name a file, *.toml, that declares it")
    data = path.read_bytes()
    if len(data) > MAX_DECLARATION_BYTES:
        raise DeclarationError(
            f"{path}: it has more than {MAX_DECLARATION_BYTES} bytes"
        )
    return dialect, path, data


@lru_cache(maxsize=32)
def _read_declaration(dialect: str, path: Path, data: bytes) -> Declaration:
    """Parse a declaration; cached, for a load generator names it for each session."""
    try:
        made = parse_declaration(data.decode(), str(path))
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{dialect}: {path}: the file is not UTF-8") from error
    check_error_event(made, str(path))
    return made


@lru_cache(maxsize=32)
def _declared(cassette: Cassette, dialect: str, path: Path, data: bytes) -> Cassette:
    """Return *cassette* in a declared dialect, checked."""
    found = cassette.declared(_read_declaration(dialect, path, data), dialect)
    try:
        _check(found)
    except IncoherentError as error:
        raise CassetteError(f"{cassette.name}: {error}") from error
    return found


@lru_cache(maxsize=8)
def _parsed(data: bytes, path: Path) -> Cassette:
    """Parse a user's file; cached, for a load generator names it for each session."""
    return loads(data, path.stem, str(path))


@lru_cache(maxsize=64)
def _load_named(name: str, root: Path) -> Cassette:
    """Load one of the collection; the result is immutable, hence shared."""
    if name not in (known := names(root)):
        raise UnknownNameError("cassette", name, known)
    dialect, _, file = name.partition("/")
    path = root / dialect / "cassettes" / f"{file}.jsonl"
    return loads(_read(path), name, f"{name}.jsonl")


def _read(path: Path) -> bytes:
    """Read a regular file of bounded size."""
    if path.suffix != ".jsonl":
        raise CassetteError(f"{path}: the name of a cassette must end in .jsonl")
    if "\0" in str(path) or not path.is_file():
        folder = path.absolute().parent
        raise CassetteError(f"{path}: there is no such file in {folder}")
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise CassetteError(
            f"{path}: the file is larger than {MAX_FILE_BYTES} bytes; divide it"
        )
    return data
