"""Computes the wire offset of a cut from the point where the server has stopped.

Pure arithmetic. Toxiproxy counts all bytes of a connection, HTTP's framing included, so
an offset in an event must be converted into one on the wire.
"""

from typing import Literal, TypeAlias

from midstream.harness.path.toxics import Stop

Byte: TypeAlias = int | Literal["end", "mid_char"]

NEVER_BYTES = 10**12
"""A limit that no connection reaches: the cut is in place and does nothing."""

# "The chunked coding wraps content in order to transfer it as a series of chunks":
#   chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
# RFC 9112, section 7.1. The size line is the `lead`; this is the CRLF after the data.
_CRLF_BYTES = 2


def wire_offset(stop: Stop, byte: Byte) -> int:
    """Return how many bytes of the connection pass if it is cut at *byte*.

    0 is before the event's framing; any other number is a number of the event's bytes,
    at most all of them; "end" is after its framing; "mid_char" is inside its first
    character of several bytes, or in the middle if it has none. Before a response's
    head no event is known, and a number counts bytes of the head.
    """
    if byte == 0:
        return stop.offset
    if byte == "end":
        behind = _CRLF_BYTES if stop.lead else 0
        return stop.offset + stop.lead + len(stop.data) + behind
    inside = _mid_char(stop.data) if byte == "mid_char" else byte
    return stop.offset + stop.lead + min(inside, len(stop.data) or inside)


def _mid_char(data: bytes) -> int:
    """Return the offset after the first byte of the first wide character."""
    # "11xxxxxx" begins a sequence of two to four bytes: RFC 3629, section 3.
    wide = (i for i, value in enumerate(data) if value >= 0b1100_0000)  # noqa: PLR2004 - the bits are the quotation
    return next(wide, len(data) // 2 - 1) + 1
