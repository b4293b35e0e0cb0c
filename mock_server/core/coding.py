"""Content codings that can be made: compressed bodies.

Source: RFC 9110 section 8.4.1: "gzip" is the format of RFC 1952, "deflate" that of RFC
1950, zlib.
"""

import zlib
from typing import Final, Literal, Protocol, TypeAlias

Coding: TypeAlias = Literal["gzip", "deflate"]
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
