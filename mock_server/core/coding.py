"""Compressed bodies: the content codings that can be made.

Source: RFC 9110 section 8.4.1: "gzip" is the format of RFC 1952, "deflate" that of RFC
1950, zlib.
"""

import zlib
from collections.abc import Iterator
from typing import Final, Literal, Protocol, TypeAlias, TypeGuard

from msgspec.structs import replace

from .steps import Finish, Gate, Head, Send, Step, expanded

Coding: TypeAlias = Literal["gzip", "deflate"]
MAX_BYTES: Final = 256 * 2**20
"""How much is decompressed of a body at most."""
_WINDOW_BITS: Final[dict[Coding, int]] = {"gzip": 31, "deflate": 15}


class Compressor(Protocol):
    """Compresses what it is given, bit by bit."""

    def compress(self, data: bytes, /) -> bytes:
        """Take *data*; return the bytes that are ready."""

    def flush(self, mode: int = zlib.Z_FINISH, /) -> bytes:
        """Return what was held back; by default with the end of the stream."""


def compressor(coding: Coding) -> Compressor:
    """Return one whose output does not depend on time."""
    return zlib.compressobj(wbits=_WINDOW_BITS[coding])


def is_made(coding: str | None) -> TypeGuard[Coding]:
    """Say whether *coding* is one that can be made, and read."""
    return coding in _WINDOW_BITS


def decompressed(body: bytes, coding: Coding) -> bytes | None:
    """Return what *body* holds, as far as it goes; None if it is not compressed so."""
    try:
        return zlib.decompressobj(_WINDOW_BITS[coding]).decompress(body, MAX_BYTES)
    except zlib.error:
        return None


def compressing(coding: Coding, steps: Iterator[Step]) -> Iterator[Step]:
    """Pass the *steps* of a response whose head says *coding*, compressed on the wire.

    Each piece is flushed. It stays the piece that it is, so whoever looks for events
    finds them. A response in its place, whose head says no coding, passes unchanged.
    """
    coder: Compressor | None = None
    last, ahead = Send(b""), b""
    for step in expanded(steps):
        if isinstance(step, Head) and _is_coded(step, coding):
            coder = compressor(coding)
            yield _in_order(step)
        elif coder is None:
            yield step
        elif isinstance(step, Gate):
            ahead = _flushed(coder, step.data)
            yield Gate(step.name, ahead)
        elif isinstance(step, Send):
            last = step
            yield replace(step, wire=ahead or _flushed(coder, step.data))
            ahead = b""
        elif isinstance(step, Finish):
            yield replace(last.piece(len(last.data)), wire=ahead + coder.flush())
            yield step
        else:
            yield step


def _flushed(coder: Compressor, data: bytes) -> bytes:
    return coder.compress(data) + coder.flush(zlib.Z_SYNC_FLUSH) if data else b""


def _is_coded(head: Head, coding: Coding) -> bool:
    """Say whether *head* is the recorded one; a fault may have coded it once more."""
    return head.headers.get("content-encoding", "").startswith(coding)


def _in_order(head: Head) -> Head:
    """Return *head* with the recorded coding behind those that faults applied."""
    own, *others = head.headers["content-encoding"].split(", ")
    headers = {**head.headers, "content-encoding": ", ".join([*others, own])}
    headers.pop("content-length", None)
    return Head(head.status, headers, head.dates_in_s)
