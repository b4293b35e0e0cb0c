"""Turns a cassette's recorded streams into the entries of one run's log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate

import msgspec

from midstream.mock_server.core import sse
from midstream.mock_server.core.pieces import Piece, recorded_pieces
from midstream.mock_server.core.segment import Entry
from midstream.mock_server.recordings.cassette import Cassette, Exchange, RecordedEvent

from .rebind import Binding
from .shapes import Shape, full, without_contents
from .wire import DONE, Obj, event, role_of

_CREATED = "thread.created"
"""The event that a live thread sends, or none; never the recorded one."""


@dataclass(slots=True, kw_only=True)
class Script:
    """A cassette bound to one run.

    Attributes:
        streams: Stream 0 answers the request that created the run, stream *k* the
            *k*-th submission of tool outputs.
        bind: Replaces recorded ids and times by live ones.
        overlay: Fields of run objects that follow the live request, not the cassette.
        thread: The live thread that ``thread.created`` sends; None leaves it out.
        with_contents: Whether file search results show their contents.
        is_as_recorded: Whether the recorded chunks are what is sent at a time.
        played: How many streams were planned so far.
        outputs: The tool outputs submitted so far, by live call id.
    """

    streams: Sequence[Exchange]
    bind: Binding
    overlay: Obj
    shape: Shape
    thread: Obj | None = None
    with_contents: bool = False
    is_as_recorded: bool = False
    played: int = 0
    outputs: dict[str, str] = field(default_factory=dict)

    def next_segment(self) -> Sequence[Entry]:
        """Return the entries of the next stream, none after the last."""
        if self.played >= len(self.streams):
            return ()
        number, self.played = self.played, self.played + 1
        entries = [e for r in self.streams[number].events() for e in self._live(r)]
        return closed([*(() if number else self.opening()), *entries])

    def pieces(self, opening: int = 0) -> Sequence[Piece]:
        """Return how the stream planned last was recorded; () if that is not asked for.

        A chunk that ends inside an event is cut at the same byte of the live event.
        *opening* is how many entries there are before the recorded ones.
        """
        if not self.is_as_recorded:
            return ()
        exchange = self.streams[self.played - 1]
        kept = (event.name != _CREATED for event in exchange.events())
        times = (chunk.t for chunk in exchange.chunks)
        return recorded_pieces(
            zip(times, exchange.chunk_ends(), strict=True),
            sse.ends(exchange.body),
            [*accumulate(kept, initial=opening)],
        )

    def opening(self) -> Sequence[Entry]:
        """Return the entries that the first segment adds before the recorded ones."""
        if self.thread is None:
            return ()
        return (self.encode(_CREATED, self.thread),)

    def encode(self, name: str, obj: Obj, offset_s: float = 0.0) -> Entry:
        """Return the entry that sends *obj*, whose ids and times are live."""
        whole = full(obj, self.shape)
        shown = whole if self.with_contents else without_contents(whole)
        return Entry(
            name=name,
            role=role_of(name),
            data=event(name, shown),
            payload=whole,
            offset_s=offset_s,
        )

    def _live(self, recorded: RecordedEvent) -> Iterator[Entry]:
        """Yield the event with live ids and times; leave ``thread.created`` out."""
        name = recorded.name or "message"
        if name == "done":
            yield Entry(name="done", role="last", data=DONE, offset_s=recorded.t)
        elif name != _CREATED:
            obj = self.bind(msgspec.json.decode(recorded.data))
            yield self.encode(name, self._reflect(obj), recorded.t)

    def _reflect(self, obj: Obj) -> Obj:
        """Return *obj* with the settings and tool outputs that the client sent."""
        if obj.get("object") == "thread.run":
            known = obj.keys() if self.shape == "recorded" else self.overlay.keys()
            return {**obj, **{k: v for k, v in self.overlay.items() if k in known}}
        if obj.get("object") == "thread.run.step":
            for call in obj["step_details"].get("tool_calls", ()):
                if call["id"] in self.outputs and "function" in call:
                    call["function"]["output"] = self.outputs[call["id"]]
        return obj


def closed(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return *entries* with the last of them marked as the end of a segment."""
    return [*entries[:-1], replace(entries[-1], ends_segment=True)] if entries else ()


@dataclass(frozen=True, slots=True)
class Start:
    """The ids of a cassette's run, and when it was created, as recorded.

    *streams* are those of the run: what it says first, and after each submission.
    """

    run: str
    thread: str
    assistant: str
    created_at_s: int
    streams: Sequence[Exchange]


@lru_cache(maxsize=256)
def recorded_start(cassette: Cassette) -> Start:
    """Return how the run in *cassette* starts: found once, since runs are many.

    Raises:
        StopIteration: The first stream holds no run; `load` refuses such cassettes.
    """
    streams = cassette.streams()
    objects = (
        msgspec.json.decode(e.data)
        for e in streams[0].events()
        if e.name and e.name.startswith("thread.run.")
    )
    run: Obj = next(o for o in objects if o["object"] == "thread.run")
    ids = run["id"], run["thread_id"], run["assistant_id"]
    return Start(*ids, run["created_at"], streams)
