from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.control.gathering import Gathering
from midstream.mock_server.core.journal import (
    Entry,
    FaultFired,
    ResponseEnd,
    RunStatus,
    Sent,
)

SIZE = 10


def sent(first: int | None, req: int = 1, **changes: Any) -> Sent:  # noqa: ANN401 (fields)
    """Return the writing of one event, behind the one before it."""
    start = SIZE * (first or 0)
    default: dict[str, Any] = {"start": start, "end": start + SIZE, "name": "e"}
    return Sent(req, 1, first, **(default | changes))


def joined(first: int, count: int, req: int = 1) -> Sent:
    """Return the writing of several events."""
    start = SIZE * first
    return Sent(req, 1, first, start, start + SIZE * count, count=count)


def end(req: int = 1) -> ResponseEnd:
    """Return the end of a response."""
    return ResponseEnd(req=req, conn=1, how="clean", end=99)


def gathered(*entries: Entry) -> list[Entry]:
    """Return what is passed on of *entries* in the end."""
    found: list[Entry] = []
    gathering = Gathering(found.append)
    for entry in entries:
        gathering.write(entry)
    gathering.tell()
    return found


STATUS = RunStatus(run="run_1", thread="thread_1", status="completed")
FIRED = FaultFired(fault="f1", req=1, conn=1, offset=0)
APART: dict[str, tuple[Entry, Entry]] = {
    "an event is missing": (sent(0), sent(2)),
    "an event comes again": (sent(1), sent(1, start=20, end=30)),
    "an event goes back": (sent(1), sent(0, start=20, end=30)),
    "bytes lie between": (sent(0), sent(1, start=11, end=20)),
    "the first is altered": (sent(0, is_verbatim=False), sent(1)),
    "the second is altered": (sent(0), sent(1, is_verbatim=False)),
    "the first is a piece": (sent(0, is_last=False), sent(1)),
    "the second is a piece": (sent(0), sent(1, is_last=False)),
    "the first is no event": (sent(None), sent(0, start=10, end=20)),
    "the second is no event": (sent(0), sent(None, start=10, end=20)),
    "both are no events": (sent(None), sent(None, start=10, end=20)),
}


def test_writes_that_go_on_are_told_as_one() -> None:
    """Their events and bytes are summed up; nobody needs the names."""
    assert gathered(sent(0), sent(1), sent(2)) == [joined(0, 3)]


def test_writes_of_several_events_are_summed_up_as_well() -> None:
    """However many events each holds."""
    assert gathered(joined(4, 3), sent(7), joined(8, 2)) == [joined(4, 6)]


def test_a_single_write_is_told_as_it_is() -> None:
    """With its name."""
    assert gathered(sent(3)) == [sent(3)]


@pytest.mark.parametrize(("one", "two"), APART.values(), ids=APART)
def test_what_does_not_go_on_is_told_apart(one: Entry, two: Entry) -> None:
    """Nothing is gathered across a gap or an altered write, and nothing is lost."""
    assert gathered(one, two) == [one, two]


def test_behind_a_gap_it_is_gathered_anew() -> None:
    """Each stretch is one entry."""
    found = gathered(sent(0), sent(1), sent(5), sent(6))
    assert found == [joined(0, 2), joined(5, 2)]


def test_responses_are_gathered_each_by_itself() -> None:
    """Writes of others in between are no gap."""
    entries = [sent(0, 1), sent(0, 2), sent(1, 1), sent(1, 2)]
    assert gathered(*entries) == [joined(0, 2, 1), joined(0, 2, 2)]


def test_a_response_is_told_before_its_end() -> None:
    """And is forgotten then; others go on."""
    found: list[Entry] = []
    gathering = Gathering(found.append)
    for entry in (sent(0, 1), sent(0, 2), sent(1, 1), end(1)):
        gathering.write(entry)
    assert found == [joined(0, 2, 1), end(1)]
    gathering.tell()
    gathering.tell()
    assert found[2:] == [sent(0, 2)]


def test_other_entries_pass_at_once_and_in_order() -> None:
    """They wait for no write, and no write ends with them."""
    found: list[Entry] = []
    gathering = Gathering(found.append)
    for entry in (sent(0), STATUS, sent(1), FIRED):
        gathering.write(entry)
    assert found == [STATUS, FIRED]
    gathering.tell()
    assert found == [STATUS, FIRED, joined(0, 2)]


def test_what_was_told_is_not_told_again() -> None:
    """Asked for in mid-stream, the rest is an entry of its own."""
    found: list[Entry] = []
    gathering = Gathering(found.append)
    for entry in (sent(0), sent(1)):
        gathering.write(entry)
    gathering.tell()
    gathering.write(sent(2))
    gathering.write(end())
    assert found == [joined(0, 2), sent(2), end()]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.booleans())))
def test_no_event_and_no_byte_is_lost(writes: list[tuple[int, int, bool]]) -> None:
    """Of each response the sums are the same, whenever somebody asks in between."""
    found: list[Entry] = []
    gathering, place = Gathering(found.append), dict.fromkeys((1, 2, 3), 0)
    for req, count, asks in writes:
        gathering.write(joined(place[req], count, req))
        place[req] += count
        if asks:
            gathering.tell()
    gathering.tell()
    for req, stop in place.items():
        told = [e for e in found if isinstance(e, Sent) and e.req == req]
        assert sum(e.count for e in told) == stop
        assert sum(e.end - e.start for e in told) == SIZE * stop
