"""Faults strike inside a span exactly where they would if each event came alone."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.faults.drop_event import DropEvent
from midstream.mock_server.core.faults.duplicate_event import DuplicateEvent
from midstream.mock_server.core.faults.rechunk import Rechunk
from midstream.mock_server.core.position import Byte, Position, inject
from midstream.mock_server.core.steps import (
    Fault,
    Finish,
    Fired,
    Send,
    Span,
    Step,
    Until,
    expanded,
)
from tests.mock_server.core.faults.helpers_steps import HEAD
from tests.mock_server.core.helpers_log import log, performed, segment, written

NAMES = "abaca"


def marking(mark: bytes) -> Fault:
    """Return a fault that writes *mark* where it begins, and then changes nothing."""

    def fault(steps: Iterator[Step]) -> Iterator[Step]:
        yield Send(mark)
        yield from steps

    return fault


def injected(made: EventLog, *places: Position, whole: bool = True) -> Iterator[Step]:
    """Return the response that follows *made*, struck at each place by its number.

    Not *whole*: the span is sent entry by entry from the start on.
    """
    steps: Iterator[Step] = iter([HEAD, Span(made, 0), Finish()])
    if not whole:
        steps = expanded(steps)
    for number, at in enumerate(places, 1):
        steps = inject(at, f"f{number}", marking(b"%d" % number), steps)
    return steps


def at(event: str | None, nth: int = 1, byte: Byte = 0) -> Position:
    """Return a place."""
    return Position(event=event, nth=nth, byte=byte)


PLACES: dict[str, tuple[list[Position], bytes]] = {
    "before an event": ([at("b")], b"<a>1<b><a><c><a>"),
    "inside": ([at("a", 2, 1)], b"<a><b><1a><c><a>"),
    "right behind": ([at("c", 1, "end")], b"<a><b><a><c>1<a>"),
    "behind the last": ([at("a", 3, "end")], b"<a><b><a><c><a>1"),
    "never": ([at("a", 4)], b"<a><b><a><c><a>"),
    "at two events": ([at("b"), at("c")], b"<a>1<b><a>2<c><a>"),
    "at two events, the later one first": ([at("c"), at("b")], b"<a>2<b><a>1<c><a>"),
    "twice at one event": ([at("b"), at("b")], b"<a>12<b><a><c><a>"),
    "at one name, counted by each": ([at("a", 2), at("a", 3)], b"<a><b>1<a><c>2<a>"),
    "at one name, the later one first": (
        [at("a", 3), at("a", 2)],
        b"<a><b>2<a><c>1<a>",
    ),
    "inside and before": ([at("b", 1, 2), at("b")], b"<a>2<b1><a><c><a>"),
    "before and inside": ([at("b"), at("b", 1, 2)], b"<a>1<b2><a><c><a>"),
    "behind one and before the next": (
        [at("b", 1, "end"), at("a", 2)],
        b"<a><b>12<a><c><a>",
    ),
    "before one and behind the last": (
        [at("a", 2), at("b", 1, "end")],
        b"<a><b>21<a><c><a>",
    ),
    "one that never comes": ([at("z"), at("b")], b"<a>2<b><a><c><a>"),
    "another that never comes": ([at("b"), at("z")], b"<a>1<b><a><c><a>"),
    "at the head": ([at(None)], b"1<a><b><a><c><a>"),
    "at the head and in the stream": ([at(None), at("b")], b"1<a>2<b><a><c><a>"),
    "in the stream and at the head": ([at("b"), at(None)], b"2<a>1<b><a><c><a>"),
}


@pytest.mark.parametrize(("places", "expected"), PLACES.values(), ids=PLACES)
def test_faults_strike_in_a_span(places: list[Position], expected: bytes) -> None:
    """Each at its own place, whichever is looked for first."""
    assert b"".join(written(injected(log(*NAMES), *places))) == expected


@pytest.mark.parametrize("places", [p for p, _ in PLACES.values()], ids=PLACES)
def test_a_fault_fires_once_and_only_if_its_place_comes(places: list[Position]) -> None:
    """It is journaled where it begins to act."""
    made = list(performed(injected(log(*NAMES), *places)))
    fired = sorted(step.fault for step in made if isinstance(step, Fired))
    never = ("z", 4)
    expected = [
        f"f{number}"
        for number, place in enumerate(places, 1)
        if place.event != never[0] and place.nth != never[1]
    ]
    assert fired == expected


def test_up_to_the_place_a_span_stays_whole() -> None:
    """What lies before is sent in one go; only what lies behind comes one by one."""
    made = log(*NAMES)
    steps = injected(made, at("c"))
    assert next(steps) == HEAD
    assert next(steps) == Span(made, 0, None, (Until("c"),))
    made.publish(4)
    assert next(steps) == Fired("f1")
    assert next(steps) == Send(b"1")
    assert next(steps) == Send(b"<c>", 3, "c")
    assert next(steps) == Span(made, 4, 4)


def test_a_span_in_which_the_place_never_comes_is_sent_once() -> None:
    """Nothing of it is sent again by itself."""
    made = log(*NAMES)
    until = (Until("a", 4),)
    steps = list(performed(injected(made, at("a", 4))))
    assert steps == [HEAD, Span(made, 0, None, until), Finish()]


def test_a_place_that_a_new_plan_takes_away_never_comes() -> None:
    """The event that was waited for is not said any more; what is said is sent."""
    made = log(*NAMES, published=2)
    steps = injected(made, at("c"))
    assert [next(steps), next(steps)] == [HEAD, Span(made, 0, None, (Until("c"),))]
    made.plan(segment("x", "y"))
    made.publish_rest()
    assert list(steps) == [Finish()]


def test_a_place_that_a_new_plan_brings_is_struck_there() -> None:
    """A place in what a cancelled run says at its end, as in any other event."""
    made = log(*NAMES, published=2)
    steps = injected(made, at("x"))
    assert [next(steps), next(steps)] == [HEAD, Span(made, 0, None, (Until("x"),))]
    made.plan(segment("y", "x", "z"))
    made.publish_rest()
    assert [next(steps), next(steps)] == [Fired("f1"), Send(b"1")]
    assert b"".join(written(steps)) == b"<x><z>"


def test_a_wait_passes_as_it_is() -> None:
    """Nothing can strike in it: it sends nothing."""
    wait = Span(log(*NAMES), 1, 1)
    assert list(inject(at("b"), "f1", marking(b"1"), iter([wait]))) == [wait]


def test_a_place_is_counted_over_several_spans() -> None:
    """The second of a name may stand in the second span."""
    made = log(*NAMES)
    spans: list[Step] = [Span(made, 0, 2), Span(made, 2)]
    steps = inject(at("a", 2), "f1", marking(b"1"), iter(spans))
    assert b"".join(written(steps)) == b"<a><b>1<a><c><a>"


def test_a_place_is_counted_over_pieces_and_spans() -> None:
    """Events that another fault sends by themselves count as those of a span do."""
    made = log(*NAMES)
    mixed: list[Step] = [Send(b"<a>", 0, "a"), Span(made, 1)]
    steps = inject(at("a", 3), "f1", marking(b"1"), iter(mixed))
    assert b"".join(written(steps)) == b"<a><b><a><c>1<a>"


BYTES = st.one_of(st.integers(0, 4), st.sampled_from(["end", "mid_char"]))
POSITIONS = st.builds(
    Position,
    event=st.sampled_from([None, *"abc"]),
    nth=st.integers(1, 3),
    byte=BYTES,
)
FAULTS: Sequence[Fault] = (
    marking(b"!"),
    DropEvent(),
    DropEvent(count=2),
    DuplicateEvent(),
    Rechunk(size=2),
    Rechunk(mode="coalesce", count=2),
)
INJECTIONS = st.lists(st.tuples(POSITIONS, st.sampled_from(FAULTS)), max_size=3)


def bytes_of(steps: Iterator[Step], struck: list[tuple[Position, Fault]]) -> bytes:
    """Return all that is sent if *steps* are struck, with a mark at each firing."""
    for number, (place, fault) in enumerate(struck, 1):
        steps = inject(place, f"{number}", fault, steps)
    sent = bytearray()
    for step in performed(steps):
        if isinstance(step, Fired):
            sent += f"[{step.fault}]".encode()
        sent += b"".join(written([step]))
    return bytes(sent)


@settings(deadline=None, derandomize=True, max_examples=5 * settings().max_examples)
@given(names=st.lists(st.sampled_from("abc"), max_size=7), struck=INJECTIONS)
def test_a_span_gives_the_same_bytes_as_its_entries_one_by_one(
    names: list[str], struck: list[tuple[Position, Fault]]
) -> None:
    """Whatever strikes and where: how much is sent in one go makes no difference."""
    whole: list[Step] = [HEAD, Span(log(*names), 0), Finish()]
    single: list[Step] = [HEAD, Span(log(*names), 0), Finish()]
    assert bytes_of(iter(whole), struck) == bytes_of(expanded(iter(single)), struck)


@settings(deadline=None, derandomize=True, max_examples=3 * settings().max_examples)
@given(
    names=st.lists(st.sampled_from("abc"), min_size=1, max_size=7),
    ending=st.lists(st.sampled_from("abc"), max_size=4),
    struck=INJECTIONS,
    data=st.data(),
)
def test_a_plan_replaced_anywhere_is_sent_alike_in_both_ways(
    names: list[str],
    ending: list[str],
    struck: list[tuple[Position, Fault]],
    data: st.DataObject,
) -> None:
    """At whatever entry the run is cut short, both ways send what it then said."""
    cut = data.draw(st.integers(0, len(names) - 1))
    found = []
    for expand in (iter, expanded):
        made = log(*names, published=cut)
        steps: list[Step] = [HEAD, Span(made, 0), Finish()]
        found.append(_cut(made, expand(iter(steps)), struck, ending))
    assert found[0] == found[1]


def _cut(
    made: EventLog,
    steps: Iterator[Step],
    struck: list[tuple[Position, Fault]],
    ending: list[str],
) -> bytes:
    """Return what is sent if *made* is cut short when more is waited for."""
    for number, (place, fault) in enumerate(struck, 1):
        steps = inject(place, f"{number}", fault, steps)
    sent = bytearray()
    for step in steps:
        if isinstance(step, Fired):
            sent += f"[{step.fault}]".encode()
        if isinstance(step, Span) and made.plans == 1:
            waits = step.until or step.stop is not None
            if step.end() + bool(waits) > made.published:
                made.plan(segment(*ending))
        sent += b"".join(written([step]))
    return bytes(sent)
