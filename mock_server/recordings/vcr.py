"""Reads VCR YAML, the common form of recorded HTTP (vcrpy, Ruby's VCR).

Such a file may come from strangers. The safe loader reads it after its YAML events
have been checked for what can do harm: aliases, tags, depth and size. Request headers
are dropped, response headers pass the allow-list, hosts are left out, and what looks
like a secret is refused when the cassette is written.

VCR keeps bytes, not time: the pace is invented, and the provenance says so. Some
recorders note the pieces in which a body came, as a list ``chunk_bytes`` beside its
``string``: the sizes in bytes. Without it, a piece an event is invented, too.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import urlsplit

import msgspec

from midstream.mock_server.core.errors import CassetteError

from .cassette import Chunk, Exchange
from .redaction import allowed_headers
from .yaml_reader import read_yaml

EVENT_S: Final = 0.03
"""The invented time between two chunks, in seconds: a usual pace of tokens."""

_SIZES: Final = "chunk_bytes"
_Size: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]


class _Status(msgspec.Struct, frozen=True):
    code: int


class _Request(msgspec.Struct, frozen=True):
    method: str
    uri: str
    body: Any = None


class _Response(msgspec.Struct, frozen=True):
    """A response; older vcrpy wrote *status_code* and *content* for httpx."""

    status: _Status | None = None
    headers: dict[str, list[str] | str] | None = None
    body: Any = None
    status_code: int | None = None
    content: Any = None

    def __post_init__(self) -> None:
        if self.status is None and self.status_code is None:
            raise ValueError("it has neither `status` nor `status_code`")

    @property
    def code(self) -> int:
        """The status."""
        return self.status.code if self.status else self.status_code or 0

    @property
    def data(self) -> object:
        """The body, in whichever way it is written."""
        return self.content if self.body is None else self.body


class _Interaction(msgspec.Struct, frozen=True):
    request: _Request
    response: _Response


def read_vcr(text: str, title: str) -> tuple[tuple[Exchange, ...], str]:
    """Return the exchanges that VCR YAML *text* holds, and their provenance.

    *title* names the text to readers.

    Raises:
        CassetteError: *text* is not VCR, or is unsafe to read.
    """
    found = _interactions(read_yaml(text, title), title)
    exchanges = tuple(
        _exchange(one, f"{title}: interaction {n}") for n, one in enumerate(found)
    )
    streams = [
        one.response.data
        for one, exchange in zip(found, exchanges, strict=True)
        if exchange.is_stream
    ]
    sized = sum(isinstance(body, Mapping) and _SIZES in body for body in streams)
    return exchanges, _provenance(sized, len(streams))


def _provenance(sized: int, streams: int) -> str:
    """Say what was recorded where *sized* of the *streams* came with their pieces."""
    text = "imported from VCR YAML; times were not recorded: "
    text += f"{EVENT_S} s between two chunks is invented"
    if sized < streams:
        of = f" of {streams - sized} of {streams} streams" if sized else ""
        text += f", and so is one chunk an event{of}"
    return text


def _interactions(document: object, title: str) -> list[_Interaction]:
    """Find the interactions in either layout: vcrpy's, or that of Ruby's VCR."""
    if isinstance(document, Mapping):
        for key in ("interactions", "http_interactions"):
            if key in document:
                return _convert(document[key], title)
    raise CassetteError(
        f"{title}: this is no VCR file; a VCR file has a list 'interactions' (vcrpy) "
        "or 'http_interactions' (Ruby)"
    )


def _convert(interactions: object, title: str) -> list[_Interaction]:
    try:
        return msgspec.convert(interactions, list[_Interaction])
    except (msgspec.ValidationError, RecursionError) as error:
        raise CassetteError(
            f"{title}: interactions: {error}; each one must have request (method, uri) "
            "and response (status.code)"
        ) from error


def _exchange(one: _Interaction, place: str) -> Exchange:
    """Convert one interaction; *place* is what error messages call it."""
    headers = {
        name.lower(): value if isinstance(value, str) else ", ".join(value)
        for name, value in (one.response.headers or {}).items()
    }
    encoding = headers.pop("content-encoding", "identity")
    uri = urlsplit(one.request.uri)
    exchange = Exchange(
        method=one.request.method.upper(),
        path=(uri.path or "/") + (f"?{uri.query}" if uri.query else ""),
        request=_json_object(_bytes(one.request.body, place)),
        status=one.response.code,
        headers=allowed_headers(headers),
        chunks=(Chunk(0.0, _bytes(one.response.data, place)),),
    )
    if encoding != "identity" and not _is_text(exchange.body):
        raise CassetteError(
            f"{place}: the body is compressed, as header content-encoding says; record "
            "it decoded (vcrpy: decode_compressed_response)"
        )
    chunks = enumerate(_pieces(exchange, one.response.data, place))
    return replace(
        exchange, chunks=tuple(Chunk(round(i * EVENT_S, 3), p) for i, p in chunks)
    )


def _pieces(exchange: Exchange, body: object, place: str) -> list[bytes]:
    """Return the pieces in which a body came, or one an event if nobody noted them."""
    data = exchange.body
    sizes = body.get(_SIZES) if isinstance(body, Mapping) else None
    if sizes is None:
        return [data[block.start : block.stop] for block in exchange.blocks()]
    try:
        ends = [*accumulate(msgspec.convert(sizes, list[_Size]))]
    except msgspec.ValidationError as error:
        problem = f"{_SIZES} must be a list of sizes in bytes, 1 or more"
        raise CassetteError(f"{place}: {problem}: {error}") from error
    if (ends[-1] if ends else 0) != len(data):
        raise CassetteError(
            f"{place}: {_SIZES} adds up to {ends[-1] if ends else 0} bytes, but the "
            f"body has {len(data)}; take the list out, or record the body undecoded"
        )
    return [data[start:end] for start, end in pairwise([0, *ends])]


def _bytes(body: object, place: str) -> bytes:
    """Return a body's bytes, in whichever way VCR wrote it."""
    if isinstance(body, Mapping):
        if (encoded := body.get("base64_string")) is not None:
            return _decoded(encoded, place)
        body = body.get("string")
    match body:
        case None:
            return b""
        case bytes():
            return body
        case str():
            return body.encode()
        case _:
            raise CassetteError(
                f"{place}: a body must be text or bytes, not {type(body).__name__}"
            )


def _decoded(encoded: object, place: str) -> bytes:
    try:
        return b64decode("".join(str(encoded).split()), validate=True)
    except Base64Error as error:
        raise CassetteError(f"{place}: base64_string is malformed: {error}") from error


def _json_object(body: bytes) -> dict[str, Any] | None:
    """Return *body* if it is a JSON object; a form or an upload is not kept."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_text(body: bytes) -> bool:
    """Say whether *body* is text, so that it is not compressed any more."""
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False
