"""The text form of a cassette: JSON Lines, one tagged object a line.

First a header, then each exchange followed by its chunks:

    {"kind":"cassette","format":1,"dialect":…,"title":…,"provenance":…}
    {"kind":"exchange","method":…,"path":…,"request":…,"status":…,"headers":{…}}
    {"kind":"chunk","t":0.213,"text":"event: …"}

A chunk that is not text, because a cut is inside a character, has ``b64`` instead.
Everything is checked when read; nothing that looks like a secret is written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from midstream.mock_server.core.errors import CassetteError

from .cassette import VERBATIM, Cassette, Chunk, Exchange, IncoherentError
from .redaction import refuse_headers, refuse_secrets

_FORMER_DIALECTS = {"tape": VERBATIM}
"""Former names of dialects, which older files have."""
MAX_FILE_BYTES = 256 * 2**20
"""Enough for an answer of 256,000 tokens, one event each: about 290 bytes a token."""
MAX_LINE_BYTES = 8 * 2**20
MAX_CHUNKS = 1_000_000
MAX_DEPTH = 64

_Dialect: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"\A([a-z][a-z0-9_]{0,63}|[^\x00-\x1f]{1,255}\.toml)\Z")
]
"""A name, or the file that declares the dialect."""
_Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class _Header(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="cassette",
):
    format: Literal[1]
    dialect: _Dialect
    title: str
    provenance: str


class _Exchange(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="exchange",
):
    method: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{1,16}\Z")]
    path: Annotated[str, msgspec.Meta(pattern=r"\A/[!-~]*\Z")]
    request: dict[str, Any] | None
    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    headers: dict[str, str]


class _Chunk(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag="chunk",
):
    t: _Seconds
    text: str | None = None
    b64: bytes | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.b64 is None):
            raise ValueError("a chunk must have either 'text' or 'b64'")


_Line: TypeAlias = _Header | _Exchange | _Chunk
_decoder = msgspec.json.Decoder(_Line)
_RIGHT = ", ".join(
    f"{kind.__struct_config__.tag} ({', '.join(kind.__struct_fields__)})"
    for kind in (_Header, _Exchange, _Chunk)
)


def dumps(cassette: Cassette) -> str:
    """Return the text form of *cassette*, ending with a line break.

    Raises:
        CassetteError: It holds what looks like a secret, or cannot be read back.
    """
    refuse_secrets(cassette)
    lines = (msgspec.json.encode(line).decode() for line in _lines(cassette))
    try:
        text = "".join(f"{line}\n" for line in lines)
    except UnicodeEncodeError as error:
        raise CassetteError(
            f"{cassette.name}: the text cannot be written as UTF-8; take the lone "
            "surrogates out"
        ) from error
    _parse(text.encode(), cassette.name)
    return text


def loads(
    data: bytes, *, name: str, check: Callable[[Cassette], None], file: str = ""
) -> Cassette:
    """Return the cassette that *data* is the text form of, checked.

    *check* checks it by the rules of its dialect and raises IncoherentError; *file* is
    the name of the file in error messages.

    Raises:
        CassetteError: *data* is malformed, over a limit or incoherent.
    """
    file = file or name
    header, found = _parse(data, file)
    cassette = Cassette(
        name,
        _FORMER_DIALECTS.get(header.dialect, header.dialect),
        header.title,
        header.provenance,
        tuple(exchange for _, exchange in found),
    )
    try:
        check(cassette)
    except IncoherentError as error:
        line = found[error.exchange][0] + error.line
        raise CassetteError(f"{file}:{line}: {error}") from error
    return cassette


def _lines(cassette: Cassette) -> Iterator[_Line]:
    yield _Header(
        format=1,
        dialect=cassette.dialect,
        title=cassette.title,
        provenance=cassette.provenance,
    )
    for exchange in cassette.exchanges:
        yield _Exchange(
            method=exchange.method,
            path=exchange.path,
            request=None if exchange.request is None else dict(exchange.request),
            status=exchange.status,
            headers=dict(exchange.headers),
        )
        yield from map(_chunk_line, exchange.chunks)


def _chunk_line(chunk: Chunk) -> _Chunk:
    try:
        return _Chunk(t=chunk.t, text=chunk.data.decode())
    except UnicodeDecodeError:
        return _Chunk(t=chunk.t, b64=chunk.data)


def _parse(data: bytes, file: str) -> tuple[_Header, list[tuple[int, Exchange]]]:
    """Return the header and each exchange with the number of its line."""
    if data.count(b"\n") > MAX_CHUNKS or len(data) > MAX_FILE_BYTES:
        raise CassetteError(
            f"{file}: a cassette has at most {MAX_CHUNKS} lines and {MAX_FILE_BYTES} "
            "bytes; divide the recording"
        )
    lines = [_line(raw, f"{file}:{i}") for i, raw in enumerate(_split(data, file), 1)]
    if not lines or not isinstance(header := lines[0], _Header):
        raise CassetteError(f"{file}:1: the first line must be of kind 'cassette'")
    starts = [i for i, line in enumerate(lines) if not isinstance(line, _Chunk)]
    if len(starts) == 1 and len(lines) > 1:
        raise CassetteError(f"{file}:2: a chunk must follow its exchange")
    spans = pairwise([*starts[1:], len(lines)])
    return header, [
        (start + 1, _exchange(lines[start:stop], file, start + 1))
        for start, stop in spans
    ]


def _split(data: bytes, file: str) -> Iterable[bytes]:
    """Cut *data* into its lines; each one ends with a line feed."""
    if not data.endswith(b"\n"):
        last = data.count(b"\n") + 1
        problem = (
            "the last line does not end with a line break; the file seems to be cut off"
            if data
            else "the file is empty; its first line must be of kind 'cassette'"
        )
        raise CassetteError(f"{file}:{last}: {problem}")
    return data[:-1].split(b"\n")


def _line(raw: bytes, place: str) -> _Line:
    if len(raw) > MAX_LINE_BYTES:
        raise CassetteError(f"{place}: a line has at most {MAX_LINE_BYTES} bytes")
    try:
        line: _Line = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CassetteError(f"{place}: {error}; a line is one of {_RIGHT}") from error
    except RecursionError as error:
        raise _too_deep(place) from error
    if isinstance(line, _Exchange) and _is_deep(line.request):
        raise _too_deep(place)
    return line


def _too_deep(place: str) -> CassetteError:
    return CassetteError(f"{place}: the JSON is nested deeper than {MAX_DEPTH} levels")


def _is_deep(value: object) -> bool:
    """Say whether JSON *value* is nested deeper than `MAX_DEPTH`, level by level."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _exchange(lines: list[_Line], file: str, number: int) -> Exchange:
    """Build an exchange from its line, line *number*, and those of its chunks."""
    line, *rest = lines
    if not isinstance(line, _Exchange):
        raise CassetteError(
            f"{file}:{number}: only the first line may be of kind 'cassette'"
        )
    chunks = tuple(_chunk(c) for c in rest if isinstance(c, _Chunk))
    exchange = Exchange(
        line.method, line.path, line.request, line.status, line.headers, chunks
    )
    refuse_headers(exchange, f"{file}:{number}")
    if exchange.coding and not exchange.is_compressed and exchange.sent_as is None:
        raise CassetteError(
            f"{file}:{number}: the body is text, and content-encoding says "
            f"{exchange.coding!r}, which cannot be made here; record the bytes that "
            "came (b64), or take the header out, or say gzip or deflate"
        )
    for i, (before, after) in enumerate(pairwise(chunks), number + 2):
        if after.t < before.t:
            raise CassetteError(
                f"{file}:{i}: the time {after.t} is before the previous chunk's, "
                f"{before.t}; times must not decrease"
            )
    return exchange


def _chunk(line: _Chunk) -> Chunk:
    if line.b64 is not None:
        return Chunk(line.t, line.b64)
    return Chunk(line.t, (line.text or "").encode())
