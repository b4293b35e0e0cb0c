"""Makes a segment's template: renders the segment once, with marks in the slots.

`Script` does the rendering, so that a template gives the same bytes in the same order.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import count

import msgspec

from midstream.mock_server.core.segment import Entry
from midstream.mock_server.recordings.cassette import Cassette

from . import truth
from .rebind import Binding
from .script import Script, recorded_start
from .shapes import Shape
from .template import Line, Template
from .wire import Obj, read_back

_TILDES = 19
"""With five digits this is as long as an id; no id contains a tilde."""
_OF_RUN, _OF_THREAD = {"~~~~": "run"}, {"~~~~": "thread"}
"""Marks of metadata."""
_SLOT = re.compile(
    rb"(?P<id>[a-z]+_~{19}\d{5})"
    rb'|(?<=_at":)(?P<time>\d+)(?=[,}])'
    rb'|\{"~~~~":"(?:run|thread)"\}'
)
_OUTDATED_BY = {
    "thread.message.delta": ("thread.message.completed", "thread.message.incomplete"),
    "thread.run.step.delta": ("thread.run.step.completed",),
}
"""For an event, the later events of the same object that contain all it says."""


@lru_cache(maxsize=256)
def template(
    cassette: Cassette,
    shape: Shape,
    overlay: bytes,
    resources: bytes = b"",
    *,
    with_contents: bool,
) -> Template | None:
    """Return the template of the first stream of *cassette*, or None.

    There is none if other text could be taken for a mark, or if an event does not show
    all that it changes. *overlay* is JSON: the fields of run objects that the request
    determines, without the metadata. *resources* are those of the thread that the
    stream begins with, as JSON; empty: it begins without.
    """
    stream, asked = cassette.streams()[0], overlay + resources
    if b"~~~~" in stream.body + asked or b'_at":' in asked:
        return None
    marks = Binding({}, 0, _marker())
    script = Script(
        streams=(stream,),
        bind=marks,
        overlay={**msgspec.json.decode(overlay), "metadata": _OF_RUN},
        shape=shape,
        thread=marks(_thread(cassette, resources)) if resources else None,
        with_contents=with_contents,
    )
    entries = script.next_segment()
    if not all(_shows_all(entry) for entry in entries):
        return None
    return _compiled(entries, marks.live)


def _thread(cassette: Cassette, resources: bytes) -> Obj:
    """Return the thread, made when the recorded run was, as the live one is."""
    recorded = recorded_start(cassette)
    return {
        "id": recorded.thread,
        "object": "thread",
        "created_at": recorded.created_at_s,
        "metadata": _OF_THREAD,
        "tool_resources": msgspec.json.decode(resources),
    }


def _marker() -> Callable[[str], str]:
    """Return a function that makes marks which look like ids; the n-th ends in n."""
    numbers = count()
    return lambda prefix: f"{prefix}{'~' * _TILDES}{next(numbers):05d}"


def _shows_all(entry: Entry) -> bool:
    """Say whether an event's object can be read back from its bytes."""
    return read_back(entry.name, entry.data) == entry.payload


def _compiled(entries: Sequence[Entry], live: Mapping[str, str]) -> Template:
    """Cut *entries* at the marks; *live* holds the marks of the ids, in order."""
    matches = (match for entry in entries for match in _SLOT.finditer(entry.data))
    times = dict.fromkeys(match[0] for match in matches if match["time"])
    marks = [mark.encode() for mark in live.values()]
    metadata = [msgspec.json.encode(mark) for mark in (_OF_RUN, _OF_THREAD)]
    slots = {mark: slot for slot, mark in enumerate([*marks, *times, *metadata])}
    outdated_by = _outdated_by(entries)
    lines = tuple(
        _line(entry, slots, by) for entry, by in zip(entries, outdated_by, strict=True)
    )
    return Template(
        lines=lines,
        alike=_alike(lines),
        ids=tuple(live),
        marks={mark: slot for slot, mark in enumerate(live.values())},
        times=tuple(int(time) for time in times),
        effects=truth.effects("", "", entries),
        texts={
            (slots[message.encode()], part): tokens
            for (message, part), tokens in truth.texts(entries).items()
        },
    )


def _line(entry: Entry, slots: Mapping[bytes, int], outdated_by: int) -> Line:
    """Cut one entry at its marks; frame it as a chunk if its length is fixed."""
    data, found = entry.data, list(_SLOT.finditer(entry.data))
    is_fixed = all(_is_as_long(match) for match in found)
    stops = [*(match.start() for match in found), len(data)]
    starts = [0, *(match.end() for match in found)]
    pieces = [data[a:b] for a, b in zip(starts, stops, strict=True)]
    form = b"%b".join(piece.replace(b"%", b"%%") for piece in pieces) + b"\r\n"
    return Line(
        name=entry.name,
        form=b"%x\r\n%b" % (len(data), form) if is_fixed else form,
        slots=tuple(slots[match[0]] for match in found),
        offset_s=entry.offset_s,
        is_fixed=is_fixed,
        outdated_by=outdated_by,
    )


def _alike(lines: Sequence[Line]) -> tuple[int, ...]:
    """Return, for each line, the index after the lines filled in the same way."""
    ends: list[int] = []
    after: Line | None = None
    for index, line in reversed([*enumerate(lines)]):
        is_plain = line.is_fixed and len(line.slots) == 1
        is_same = after is not None and after.is_fixed and after.slots == line.slots
        ends.append(ends[-1] if is_plain and is_same else index + is_plain)
        after = line
    return tuple(reversed(ends))


def _is_as_long(match: re.Match[bytes]) -> bool:
    """Say whether a slot's value is as long as its mark: ids that we make are."""
    return bool(match["id"]) and not match[0].startswith(b"asst_")


def _outdated_by(entries: Sequence[Entry]) -> list[int]:
    """Return, for each event, the index of the first that supersedes it, or -1."""
    found: list[int] = []
    # The next event of a name and an id.
    later: dict[tuple[str | None, str | None], int] = {}
    for index, entry in reversed([*enumerate(entries)]):
        of = _id(entry)
        names = _OUTDATED_BY.get(entry.name or "", ())
        found.append(min((later[n, of] for n in names if (n, of) in later), default=-1))
        later[entry.name, of] = index
    return found[::-1]


def _id(entry: Entry) -> str | None:
    return None if entry.payload is None else entry.payload.get("id")
