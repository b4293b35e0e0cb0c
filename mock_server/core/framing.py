"""Finds the events in a recorded body, by any framing that the standards allow.

It only says where events begin and end and what they are called, so that a recording is
replayed byte by byte and a fault can still strike at an event. What our own cassettes
hold is read by `sse`, which is stricter.

Sources: WHATWG HTML, 9.2.5 and 9.2.6, for event streams: lines end with CR LF, LF or
CR; a blank line ends an event; without data nothing is dispatched, and neither is what
stands behind the last blank line; one leading byte order mark is ignored. For lines of
JSON, NDJSON and JSON Lines: LF ends a line, blank lines are ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Framing: TypeAlias = Literal["sse", "ndjson"]

UNNAMED: Final = "message"
"""What the HTML standard calls an event without a name; a line is called so, too."""
_FRAMINGS: Final[dict[str, Framing]] = {
    "text/event-stream": "sse",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "application/jsonlines": "ndjson",
}
_MARK: Final = b"\xef\xbb\xbf"
_LINE: Final = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class Block:
    """The bytes *start* to *stop* of a body: one event, or what lies between events.

    *name* is the event's, None where the bytes are no event: comments, a lone blank
    line, an event that was cut off.
    """

    start: int
    stop: int
    name: str | None


def framing_of(content_type: str) -> Framing | None:
    """Return how a body of *content_type* is framed; None: it has no events."""
    return _FRAMINGS.get(content_type.partition(";")[0].strip().lower())


def blocks(body: bytes, framing: Framing) -> list[Block]:
    """Cut the whole *body* into its events; the blocks joined are the body."""
    return [*(_sse(body) if framing == "sse" else _lines(body))]


def data_of(raw: bytes, framing: Framing) -> str | None:
    """Return the data of one event, whose block is *raw*; None without any.

    Bytes that are no UTF-8 are replaced.
    """
    if framing == "ndjson":
        return raw.decode(errors="replace").strip() or None
    lines = [match[1] for match in _LINE.finditer(raw.removeprefix(_MARK))]
    fields = [line.partition(b":") for line in lines]
    found = [value.removeprefix(b" ") for name, _, value in fields if name == b"data"]
    return b"\n".join(found).decode(errors="replace") if found else None


def is_ignored(raw: bytes) -> bool:
    """Say whether *raw*, a block that is no event, is meant to be none.

    So are blank lines, comments, and an event stream's fields without data.
    """
    lines = [match[1] for match in _LINE.finditer(raw.removeprefix(_MARK))]
    fields = {line.partition(b":")[0] for line in lines if line.strip()}
    return fields <= {b"", b"event", b"id", b"retry"}


def _sse(body: bytes) -> Iterator[Block]:
    """Yield the blocks of an event stream; each ends behind a blank line."""
    start, name, has_data = 0, "", False
    for match in _LINE.finditer(body):
        line, stop = match[1], match.end()
        if match.start() == 0:
            line = line.removeprefix(_MARK)
        if not line and match[2]:
            yield Block(start, stop, (name or UNNAMED) if has_data else None)
            start, name, has_data = stop, "", False
            continue
        field, _, value = line.partition(b":")
        has_data = has_data or field == b"data"
        if field == b"event":
            name = value.removeprefix(b" ").decode(errors="replace")
    if start < len(body):
        yield Block(start, len(body), None)


def _lines(body: bytes) -> Iterator[Block]:
    """Yield the lines of *body*; the last one may lack its end."""
    start = 0
    while start < len(body):
        stop = body.find(b"\n", start) + 1 or len(body)
        is_blank = not body[start:stop].strip()
        yield Block(start, stop, None if is_blank else UNNAMED)
        start = stop
