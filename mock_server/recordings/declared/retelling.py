"""Says other text in an event of a recorded stream, and keeps all else of it.

The framing stays as it was recorded: name, ids, comments, line ends.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from midstream.mock_server.core.framing import UNNAMED, Framing, blocks, data_of

from .declaration import Declaration, TextRule
from .event import StreamEvent
from .paths import DATA, PathMatch, parse

_MARK: Final = b"\xef\xbb\xbf"
_DATA_LINE: Final = re.compile(rb"(?:\A|(?<=[\r\n]))data(: ?)?[^\r\n]*(\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class TextPlace:
    """The one piece of text that an event, whose block is *raw*, says."""

    raw: bytes
    framing: Framing
    event: StreamEvent
    rule: TextRule
    found: PathMatch

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.found.value)

    def saying(self, text: str, message: str | None = None) -> bytes:
        """Return the event with another *text*, and the id *message* if it has one."""
        if self.rule.at == DATA:
            return reframed(self.raw, text, self.framing)
        payload = msgspec.json.decode(self.event.data)
        _put(payload, self.rule.path.steps, self.found.items, text)
        if message is not None and self.rule.id is not None:
            path = parse(self.rule.id)
            for found in self.event.find(path) if path.steps else ():
                _put(payload, path.steps, found.items, message)
        return reframed(self.raw, msgspec.json.encode(payload).decode(), self.framing)


def text_place(raw: bytes, declared: Declaration) -> TextPlace | None:
    """Return where the text is in the event *raw*; None if it says more, or nothing.

    More are a second piece, a thought, a tool call: they would be said twice.
    """
    framing = declared.stream.framing
    found, data = blocks(raw, framing), data_of(raw, framing)
    if len(found) != 1 or data is None:
        return None
    event = StreamEvent(0, found[0].name or UNNAMED, data)
    others = (*declared.reasoning, *declared.arguments)
    if any(found.value for rule in others for found in event.chosen(rule)) or any(
        event.texts_at(path)
        for rule in declared.arguments
        if event.fits(rule.beginnings)
        for path in (rule.id, rule.name)
    ):
        return None
    places = [*_places(raw, declared, event)]
    return places[0] if len(places) == 1 else None


def _places(
    raw: bytes, declared: Declaration, event: StreamEvent
) -> Iterator[TextPlace]:
    """Yield each piece of text in *event*; what two rules find, once."""
    seen = set()
    for rule in declared.text:
        for found in event.chosen(rule):
            if isinstance(found.value, str) and found.value:
                if (rule.at, found.items) not in seen:
                    yield TextPlace(raw, declared.stream.framing, event, rule, found)
                seen.add((rule.at, found.items))


def letters(raw: bytes, declared: Declaration) -> Sequence[bytes]:
    """Return the event *raw* in events of one character; alone if it says more.

    A line break that is no part of any JSON cannot be said by itself.
    """
    place = text_place(raw, declared)
    if place is None or (place.rule.at == DATA and not place.text.isprintable()):
        return [raw]
    first, *rest = (place.saying(letter) for letter in place.text)
    return [first, *(piece.removeprefix(_MARK) for piece in rest)]


def reframed(raw: bytes, data: str, framing: Framing) -> bytes:
    """Return the event *raw* with other *data*, one line, in place of its own."""
    if framing == "ndjson":
        return raw.replace(raw.strip(), data.encode(), 1)
    has_data = False

    def line(match: re.Match[bytes]) -> bytes:
        nonlocal has_data
        if has_data:
            return b""
        has_data = True
        return b"data%b%b%b" % (match[1] or b": ", data.encode(), match[2])

    mark = _MARK if raw.startswith(_MARK) else b""
    return mark + _DATA_LINE.sub(line, raw.removeprefix(_MARK))


def _put(
    payload: Any,  # noqa: ANN401 (JSON)
    steps: Sequence[tuple[str, bool]],
    items: Sequence[int],
    value: str,
) -> None:
    """Replace what stands at *steps* below *payload*, in these *items* of lists."""
    places: list[str | int] = []
    positions = iter(items)
    for name, has_items in steps:
        places += [name, next(positions)] if has_items else [name]
    *way, last = places
    for place in way:
        payload = payload[place]
    payload[last] = value
