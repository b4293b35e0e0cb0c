r"""Server-sent events: bytes in, events out.

The rules are the WHATWG HTML standard's, section 9.2.6, "Interpreting an event
stream"; quotations below are from there. This is not a client: it does not read,
reconnect or know what an event means. It never holds anything back: an event is
out as soon as the byte that ends it is in, a lone CR included.
"""

import codecs
import re
from dataclasses import dataclass

from .errors import EventTooLargeError

_BOM = "\ufeff"
# "a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A
# LINE FEED (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character,
# and a single U+000D CARRIAGE RETURN (CR) character not followed by a U+000A LINE
# FEED (LF) character being the ways in which a line can end": and no others, so
# that `str.splitlines` would be wrong.
_LINE_END = re.compile(r"\r\n|\n|\r")
_RETRY_DIGITS_MAX = 12


@dataclass(frozen=True, slots=True)
class Event:
    """One dispatched event: its type, its data, the last event id by then."""

    kind: str
    data: str
    last_id: str = ""


class Decoder:
    """Turns one response's bytes into events, however they were cut.

    Args:
        limit_chars: How much may wait for the end of its event.

    Attributes:
        retry_ms: The last valid ``retry`` seen, in milliseconds; None: none.
    """

    def __init__(self, limit_chars: int = 1 << 22) -> None:
        # "Streams must be decoded using the UTF-8 decode algorithm", which replaces
        # what is not UTF-8 by U+FFFD.
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._limit_chars = limit_chars
        self._waiting_chars = 0
        self._is_at_start = True
        self._ended_with_cr = False
        self._line: list[str] = []
        self._kind = ""
        self._data: list[str] = []
        self._id = ""
        self.retry_ms: int | None = None

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes; return the events they end, in order.

        Raises:
            EventTooLargeError: The limit is exceeded. The decoder is then of no use.
        """
        text = self._without_bom(self._utf8.decode(data))
        if not text:
            return []
        if self._ended_with_cr and text[0] == "\n":  # the CR has ended the line
            text = text[1:]
            self._ended_with_cr = False
            if not text:
                return []
        self._ended_with_cr = text[-1] == "\r"
        *lines, rest = _LINE_END.split(text)
        events = [e for line in lines if (e := self._end_line(line))]
        self._keep(self._line, rest)
        return events

    def _without_bom(self, text: str) -> str:
        # "If the stream starts with a U+FEFF BYTE ORDER MARK, it is ignored": one.
        if text and self._is_at_start:
            self._is_at_start = False
            return text.removeprefix(_BOM)
        return text

    def _keep(self, where: list[str], text: str) -> None:
        if not text:
            return
        self._waiting_chars += len(text)
        if self._waiting_chars > self._limit_chars:
            raise EventTooLargeError(
                f"an event is longer than {self._limit_chars} characters"
            )
        where.append(text)

    def _end_line(self, tail: str) -> Event | None:
        line = "".join((*self._line, tail))
        self._waiting_chars -= len(line) - len(tail)
        self._line.clear()
        if not line:
            return self._dispatch()
        if line[0] != ":":  # "If the line starts with a COLON: Ignore the line."
            # "If value starts with a U+0020 SPACE character, remove it": one.
            name, _, value = line.partition(":")
            self._set(name, value.removeprefix(" "))
        return None

    def _set(self, name: str, value: str) -> None:
        # "Field names must be compared literally, with no case folding performed."
        match name:
            case "event":
                self._kind = value
            case "data":
                self._keep(self._data, value + "\n")
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                if len(value) <= _RETRY_DIGITS_MAX:  # more is no time anyone waits
                    self.retry_ms = int(value)
            case _:
                pass  # "Otherwise: The field is ignored."

    def _dispatch(self) -> Event | None:
        kind, data = self._kind or "message", "".join(self._data)
        self._kind = ""
        self._data.clear()
        self._waiting_chars = 0
        # "If the data buffer is an empty string, set the data buffer and the event
        # type buffer to the empty string and return."
        return Event(kind, data.removesuffix("\n"), self._id) if data else None
