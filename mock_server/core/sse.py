"""The framing of server-sent events, exactly as it was recorded from providers.

Strict on purpose, because it reads and writes our own cassettes. It is *not* a
decoder for what a network may do to a stream: the reference client has one.

Source: docs/research/wire.md, Framing. Lines end with LF, a field is its name, a colon
and one space; a block is the event's line, one line of data and a blank one, and
neither ids nor retry fields nor comments occur. Chat Completions leaves out the event's
line.
"""

from itertools import pairwise

from .errors import MockServerError

_EVENT, _DATA = "event: ", "data: "


class FramingError(MockServerError, ValueError):
    """Bytes are not framed as recorded; *offset* is the first byte of the bad frame."""

    def __init__(self, offset: int, problem: str) -> None:
        """Take the *problem* and the *offset* at which it is."""
        super().__init__(offset, problem)
        self.offset, self.problem = offset, problem

    def __str__(self) -> str:
        """Return what is wrong, where, and what would be right."""
        return f"byte {self.offset}: {self.problem}"


def frame(name: str | None, data: str) -> bytes:
    """Return the bytes of one event; *name* None leaves the event line out.

    Raises:
        FramingError: A line break stands inside *name* or *data*, or *name* is empty.
    """
    if any(mark in (name or "") + data for mark in "\r\n"):
        raise FramingError(0, "an event's name and data must be one line each")
    if name is None:
        return f"{_DATA}{data}\n\n".encode()
    if not name:
        raise FramingError(0, "an event's name must not be empty; None leaves it out")
    return f"{_EVENT}{name}\n{_DATA}{data}\n\n".encode()


def frames(body: bytes) -> list[tuple[str | None, str]]:
    """Return name and data of each event in a whole *body*, in order.

    Raises:
        FramingError: Anything in it is not framed as recorded.
    """
    bounds = pairwise([0, *ends(body)])
    return [_parse(body[start:end], start) for start, end in bounds]


def ends(body: bytes) -> list[int]:
    """Return the offset behind each event of a whole *body*, in order.

    Raises:
        FramingError: The body does not end with a blank line.
    """
    found: list[int] = []
    at = 0
    while at < len(body):
        at = body.find(b"\n\n", at)
        if at < 0:
            start = found[-1] if found else 0
            raise FramingError(start, "the last event does not end with a blank line")
        at += 2
        found.append(at)
    return found


def _parse(raw: bytes, offset: int) -> tuple[str | None, str]:
    """Split one event, blank line included, into name and data."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise FramingError(offset + error.start, "this is not UTF-8") from error
    first, _, rest = text.removesuffix("\n\n").partition("\n")
    if first.startswith(_EVENT):
        name, data = first.removeprefix(_EVENT), rest
    else:
        name, data = None, text.removesuffix("\n\n")
    if not data.startswith(_DATA) or "\n" in data or "\r" in text or name == "":
        raise FramingError(
            offset,
            "an event must be lines 'event: NAME' and 'data: DATA', then a blank",
        )
    return name, data.removeprefix(_DATA)
