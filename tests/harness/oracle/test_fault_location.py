from typing import Any

import pytest

from midstream.harness.oracle.fault_location import FaultLocation, WrittenStreams
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import FaultFired, PathFired
from tests.harness.helpers_history import Item, fault, feed, path_fault, raised
from tests.harness.helpers_wire import head, sent

EVENTS = ("created", "delta", "delta", "done")
SIZE = 32
"""Of an event on the wire: "1a", CRLF, 26 bytes of data, CRLF."""


def pieces(*indexes: int) -> list[Item]:
    """Return the writing of whole events, one behind the other."""
    return [
        sent(i, 100 + SIZE * n, 100 + SIZE * (n + 1), EVENTS[i])
        for n, i in enumerate(indexes)
    ]


def fired(offset: int, due: str | None = None) -> FaultFired:
    """Return the firing of f1 on the response that `pieces` writes."""
    return FaultFired(fault="f1", req=2, conn=1, offset=offset, due=due)


def misplaced(armed: ArmedFault, *items: Item, others: tuple[str, ...] = ()) -> str:
    """Return where *armed* struck instead of at its place."""
    dispatcher, streams = Dispatcher(), WrittenStreams(others)
    place = FaultLocation(armed, streams)
    for reader in (streams, place):
        dispatcher.join(reader.handlers(), raised)
    feed(dispatcher, *items)
    return place.misplaced


def at(**place: Any) -> dict[str, Any]:  # noqa: ANN401  # a position's fields
    """Return a position on the first run."""
    return {"on": "run", **place}


SECOND_DELTA = at(event="delta", nth=2)
PLACES: dict[str, tuple[dict[str, Any], list[Item], str]] = {
    "right before": (SECOND_DELTA, [*pieces(0, 1), fired(164, "delta")], ""),
    "one too early": (SECOND_DELTA, [*pieces(0), fired(132, "delta")], "number 1"),
    "one too late": (SECOND_DELTA, [*pieces(0, 1, 2), fired(196)], "number 3"),
    "another event": (
        SECOND_DELTA,
        [*pieces(0, 1), fired(164, "done")],
        "the event done",
    ),
    "the head": (SECOND_DELTA, [], "the head"),
    "right behind": (SECOND_DELTA | {"byte": "end"}, pieces(0, 1, 2), ""),
    "not behind": (SECOND_DELTA | {"byte": "end"}, pieces(0, 1), "number 1"),
    "sent twice": (SECOND_DELTA, pieces(0, 1, 1), "number 3"),
}


@pytest.mark.parametrize(("where", "before", "expected"), PLACES.values(), ids=PLACES)
def test_a_fault_is_looked_for_at_its_event(
    where: dict[str, Any], before: list[Item], expected: str
) -> None:
    """The events begun before the firing, and the one due, tell the place."""
    is_fired = any(isinstance(item, FaultFired) for item in before)
    opened = [head()] if expected != "the head" else []
    records = [*opened, *before, *([] if is_fired else [fired(0, "delta")])]
    found = misplaced(fault(at=where), *records)
    assert found.startswith(expected)
    assert bool(found) is bool(expected)


@pytest.mark.parametrize(("opened", "is_astray"), [([], False), ([head()], True)])
def test_a_fault_without_an_event_strikes_the_head(
    opened: list[Item], is_astray: bool
) -> None:
    """What fires behind the head came too late."""
    assert bool(misplaced(fault(at=at()), *opened, fired(0))) is is_astray


def test_a_piece_of_an_event_is_no_event_of_its_own() -> None:
    """Bytes of one event, sent apart, count once."""
    apart: list[Item] = [sent(1, 132 + 6 * n, 138 + 6 * n) for n in range(5)]
    records = [head(), *pieces(0), *apart, fired(162, "delta")]
    assert not misplaced(fault(at=SECOND_DELTA), *records)


def joined(*indexes: int, **changes: Any) -> Item:  # noqa: ANN401  # fields
    """Return the writing of several events at once, right behind the head."""
    names = tuple(EVENTS[i] for i in indexes)
    changes = {"count": len(names), "names": names, "head": ""} | changes
    return sent(indexes[0], 100, 100 + SIZE * len(names), None, **changes)


JOINED: dict[str, tuple[list[Item], str]] = {
    "right before": ([joined(0, 1), fired(164, "delta")], ""),
    "one too early": ([joined(0), fired(132, "delta")], "number 1"),
    "one too late": ([joined(0, 1, 2), fired(196)], "number 3"),
    "behind another write": ([*pieces(0), joined(1, 2), fired(196)], "number 3"),
    "before another write": (
        [joined(0, 1), *pieces(0, 1, 2)[2:], fired(196)],
        "number 3",
    ),
}


@pytest.mark.parametrize(("written", "expected"), JOINED.values(), ids=JOINED)
def test_events_of_one_write_are_counted_by_their_names(
    written: list[Item], expected: str
) -> None:
    """Each counts as if it had been written by itself."""
    found = misplaced(fault(at=SECOND_DELTA), head(), *written)
    assert found.startswith(expected)
    assert bool(found) is bool(expected)


def test_events_whose_names_nobody_knows_prove_no_place() -> None:
    """Where they cannot be counted, a fault is not taken to be where it should be."""
    nameless = joined(0, 1, names=())
    assert misplaced(fault(at=SECOND_DELTA), head(), nameless, fired(164, "delta"))


def test_behind_another_faults_work_events_are_not_counted() -> None:
    """A response that another fault has altered has other events."""
    other = FaultFired(fault="f2", req=2, conn=1, offset=100)
    records = [head(), other, *pieces(0), fired(132, "done")]
    assert not misplaced(fault(at=SECOND_DELTA), *records, others=("f1", "f2"))
    assert misplaced(fault(at=SECOND_DELTA), *records, others=("f1",))


CUTS: list[tuple[int | str, int, bool]] = [
    (0, 164, True),
    (0, 165, False),
    (5, 173, True),
    (5, 168, False),
    (5, 174, False),
    ("end", 196, True),
    ("end", 194, False),
    ("mid_char", 180, True),
    ("mid_char", 164, False),
    (999, 194, True),
]


@pytest.mark.parametrize(("byte", "cut_at", "is_right"), CUTS)
def test_a_cut_lies_inside_the_event_that_came_to_stand_there(
    byte: int | str, cut_at: int, is_right: bool
) -> None:
    """The offset that Toxiproxy was given is the byte of the event, to the byte."""
    cut = path_fault("cut", at=SECOND_DELTA, args={"byte": byte})
    stopped: list[Item] = [fired(164, "delta"), PathFired(fault="f1", cut_at=cut_at)]
    records: list[Item] = [head(), *pieces(0, 1), *stopped, *pieces(0, 1, 2)[2:]]
    assert bool(misplaced(cut, *records)) is not is_right


def test_a_cut_before_another_event_is_astray() -> None:
    """What came to stand behind the gate is not the event declared."""
    cut = path_fault("cut", at=SECOND_DELTA, args={"byte": 0})
    stopped: list[Item] = [fired(164), PathFired(fault="f1", cut_at=164)]
    records: list[Item] = [head(), *pieces(0, 1), *stopped, *pieces(0, 1, 3)[2:]]
    assert misplaced(cut, *records).startswith("the event done")
