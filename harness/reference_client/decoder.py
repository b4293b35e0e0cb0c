r"""Server-sent events: bytes in, events out.

The rules are those of the WHATWG HTML standard, section 9.2.6, "Interpreting an event
stream", from which the quotations below are taken. The decoder does not read, reconnect
or know what an event means. It never delays an event: it returns each one as soon as it
has the byte that ends it, even if that is a lone CR.
"""

import codecs
import re

import msgspec

from .errors import EventTooLargeError

_BOM = "\ufeff"
# "a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A
# LINE FEED (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character,
# and a single U+000D CARRIAGE RETURN (CR) character not followed by a U+000A LINE
# FEED (LF) character being the ways in which a line can end": and no others, so
# that `str.splitlines` would be wrong.
_LINE = re.compile(r"([^\r\n]*+)(?:\r\n?|\n)")
# Nearly every event without a CR looks like this ("." matches all but LF). Matching the
# whole block gives the same event as reading it line by line, and is faster.
_PLAIN = re.compile(r"event: (.++)\ndata: (.*+)\n\n")
_RETRY_DIGITS_MAX = 12


class Event(msgspec.Struct, frozen=True):
    """One dispatched event: its type, its data, and the last event id so far."""

    kind: str
    data: str
    last_id: str = ""


class Decoder:
    """Turns the bytes of one response into events, however the bytes were split.

    Args:
        limit_chars: The most characters of an event that has not ended.

    Attributes:
        retry_ms: The last valid ``retry`` field, in milliseconds; None without one.
    """

    def __init__(self, limit_chars: int = 1 << 22) -> None:
        # "Streams must be decoded using the UTF-8 decode algorithm", which replaces
        # what is not UTF-8 by U+FFFD.
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        # "If the stream starts with a U+FEFF BYTE ORDER MARK, it is ignored": one.
        self._ignored_next = _BOM
        self._limit_chars = limit_chars
        self._waiting_chars = 0
        self._line: list[str] = []
        self._kind = ""
        self._data: list[str] = []
        self._id = ""
        self.retry_ms: int | None = None

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes; return the events that they complete, in order.

        Raises:
            EventTooLargeError: The limit is exceeded. Do not use the decoder any more.
        """
        text = self._text(data)
        is_simple = "\r" not in text and len(text) <= self._limit_chars
        events: list[Event] = []
        at, end = 0, len(text)
        while at < end:
            is_between = not (self._waiting_chars or self._kind)
            if is_simple and is_between and (block := _PLAIN.match(text, at)):
                events.append(Event(block[1], block[2], self._id))
                at = block.end()
            elif line := _LINE.match(text, at):
                if event := self._end_line(line[1]):
                    events.append(event)
                at = line.end()
            else:
                self._keep(self._line, text[at:])
                break
        return events

    def _text(self, data: bytes) -> str:
        text = self._utf8.decode(data)
        if text and self._ignored_next:
            text = text.removeprefix(self._ignored_next)
            self._ignored_next = ""
        if text.endswith("\r"):  # the line has ended; an LF now would belong to the CR
            self._ignored_next = "\n"
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

    def _end_line(self, line: str) -> Event | None:
        if self._line:
            head = "".join(self._line)
            self._waiting_chars -= len(head)
            self._line.clear()
            line = head + line
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
        kind, self._kind = self._kind or "message", ""
        # "If the data buffer is an empty string, set the data buffer and the event
        # type buffer to the empty string and return."
        if not self._data:
            return None
        data = "".join(self._data).removesuffix("\n")
        self._data.clear()
        self._waiting_chars = 0
        return Event(kind, data, self._id)
