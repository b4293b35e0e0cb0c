"""Several events in one write prove what they would prove one by one, and no more."""

import pytest

from midstream.harness.oracle.projections.wire import WireResponse
from midstream.harness.oracle.proofs._stream import indexes
from midstream.harness.record.history import FaultFired, Record, Sent
from midstream.mock_server.dialects.openai_assistants.state.wire import ROLES
from tests.harness.helpers_history import Item, fault, path_fault, prove
from tests.harness.helpers_wire import head, received, response_end, sent
from tests.harness.oracle.proofs.helpers_stream import asked, down, end_of

FIRED = FaultFired(fault="f1", req=2, conn=1, offset=0)
EARLY, DROP = fault("early_end"), fault("drop_event")
ASKED = Record(seq=0, t_ns=0, src="server", body=received())
DONE = "done"
RUN_OVER = "thread.run.completed"


def joined(first: int, *held: str | None, named: bool = True) -> Sent:
    """Return the writing of events that are called *held*, and maybe says so."""
    stop = first + len(held)
    return sent(
        first,
        end_of(first),
        end_of(stop),
        None,
        count=len(held),
        names=held if named else (),
        head="",
    )


def stream(*pieces: Item) -> list[Item]:
    """Return a response that a fault struck at its beginning, which ends cleanly."""
    return [*asked(), FIRED, head(end=100), *pieces, response_end(end=end_of(9))]


INDEXES: dict[str, tuple[list[Sent], list[int]]] = {
    "one write": ([joined(2, "a", "b", "c")], [2, 3, 4]),
    "without names": ([joined(2, "a", "b", named=False)], [2, 3]),
    "two writes": ([joined(0, "a", "b"), joined(2, "c", "d")], [0, 1, 2, 3]),
    "before a single one": ([joined(0, "a", "b"), sent(2, 0, 9)], [0, 1, 2]),
    "behind pieces of one": (
        [sent(0, 0, 5), sent(0, 5, 9), joined(1, "b", "c")],
        [0, 1, 2],
    ),
    "again": ([joined(0, "a", "b"), joined(0, "a", "b")], [0, 1, 0, 1]),
    "bytes of no event between": (
        [joined(0, "a", "b"), sent(None, 0, 9), joined(2, "c", "d")],
        [0, 1, 2, 3],
    ),
}


@pytest.mark.parametrize(("sents", "expected"), INDEXES.values(), ids=INDEXES)
def test_each_event_of_a_write_has_its_index(
    sents: list[Sent], expected: list[int]
) -> None:
    """In order of sending, as if they had been sent one by one."""
    assert indexes(sents) == expected


DONES: dict[str, tuple[Sent, bool, bool]] = {
    "named": (joined(0, "a", DONE), True, True),
    "named otherwise": (joined(0, "a", "b"), False, False),
    "not named": (joined(0, "a", DONE, named=False), False, True),
    "a single one": (sent(0, 0, 9, DONE), True, True),
    "a single one without a name": (sent(0, 0, 9, None), False, False),
    "told by itself": (sent(0, 0, 9, None, is_final=True), True, True),
    "by its role": (sent(0, 0, 9, None, role="last"), True, True),
}


@pytest.mark.parametrize(("written", "surely", "maybe"), DONES.values(), ids=DONES)
def test_the_last_event_is_known_by_its_name_or_not_at_all(
    written: Sent, *, surely: bool, maybe: bool
) -> None:
    """Of events without names one may be the last: neither is proven."""
    response = WireResponse(ASKED, received(), None, ROLES, sents=[(ASKED, written)])
    assert (response.is_ended_by(written), response.may_be_whole) == (surely, maybe)


def test_an_early_end_is_seen_in_joined_writes() -> None:
    """Proven without the last event, disproven by it, unknown without names."""
    assert prove("early_end", EARLY, *stream(joined(0, "a", "b")))["pieces"] == 1
    assert prove("early_end", EARLY, *stream(joined(0, "a", DONE))) == {}
    nameless = joined(0, "a", "b", named=False)
    assert prove("early_end", EARLY, *stream(nameless)) == {}


def test_an_early_end_tells_whether_the_run_was_over() -> None:
    """By any of the events of a write."""
    over = stream(joined(0, "a", RUN_OVER, "b"))
    assert prove("early_end", EARLY, *over)["was_run_ended"]
    assert not prove("early_end", EARLY, *stream(joined(0, "a")))["was_run_ended"]


def test_a_missing_event_is_a_hole_between_joined_writes() -> None:
    """Proven by its number, disproven without a hole."""
    holed = stream(joined(0, "a", "b"), joined(3, "d", DONE))
    assert prove("missing", DROP, *holed)["events"] == [2]
    whole = stream(joined(0, "a", "b"), joined(2, "c", DONE))
    assert prove("missing", DROP, *whole) == {}


def test_a_missing_end_is_unknown_where_nothing_has_a_name() -> None:
    """Named events without the last one prove it; nameless ones prove nothing."""
    assert prove("missing", DROP, *stream(joined(0, "a", "b")))["events"] == ["last"]
    nameless = joined(0, "a", "b", named=False)
    assert prove("missing", DROP, *stream(nameless)) == {}


def test_an_event_held_is_one_of_a_joined_write() -> None:
    """The last one was sent, with others, and the client ended the rest."""
    held = [*stream(joined(0, "a", DONE))[:-1], response_end("gone")]
    assert prove("held", fault("hold_open_after_done"), *held)["ended_by"] == "client"
    nameless = [*stream(joined(0, "a", DONE, named=False))[:-1], response_end("gone")]
    assert prove("held", fault("hold_open_after_done"), *nameless) == {}


def test_a_read_inside_a_joined_write_splits_no_event_for_sure() -> None:
    """It may end where an event does; one inside a single event does not."""
    slicer = path_fault("slicer")
    several = stream(joined(0, "a", "b"), sent(2, end_of(2), end_of(3)))
    inside, behind = down(end_of(1)), down(end_of(3))
    assert prove("split", slicer, *several[:-1], inside, behind, several[-1]) == {}
    cut = down(end_of(2) + 7)
    assert prove("split", slicer, *several[:-1], cut, behind, several[-1])["reads"]
