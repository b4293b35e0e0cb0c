from itertools import combinations

import pytest

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Entry, RunStatus
from midstream.mock_server.core.segment import Segment
from tests.mock_server.core.helpers_log import log, names, segment


def test_entries_are_published_in_order() -> None:
    """Each publication moves the boundary on, as far as it is told."""
    made = log("a", "b", "c")
    made.publish()
    assert (made.published, made.planned) == (1, 2)
    made.publish_to(2)
    assert [entry.name for entry in made.unpublished()] == ["c"]
    made.publish_rest()
    assert (made.published, made.planned) == (3, 0)


def test_more_than_planned_cannot_be_published() -> None:
    """Publishing an empty rest is an error of ours."""
    made = log("a", published=1)
    with pytest.raises(IndexError):
        made.publish()


def test_a_new_plan_replaces_the_unpublished_rest() -> None:
    """What is out stays; what was only planned is gone."""
    made = log("a", "b", "c", published=1)
    assert made.plan(segment("x")) == 1
    assert (names(made), made.entry(2)) == (["a", "x"], None)


def test_a_plan_is_told_at_once() -> None:
    """Whoever keeps the pace learns of each, when the log has it already."""
    told: list[int] = []
    made = EventLog("run_1", on_plan=lambda of: told.append(of.size))
    made.plan(segment("a", "b"))
    made.publish()
    made.plan(segment("x"))
    assert (told, made.plans) == ([2, 2], 2)


def test_an_entry_is_out_when_published_or_never_to_come() -> None:
    """Who waits for one behind the end need not wait."""
    made = log("a", "b", published=1)
    assert [made.is_out(i) for i in range(3)] == [True, False, True]


ENDS: dict[str, tuple[tuple[Segment, ...], list[int]]] = {
    "one segment": ((segment("a", "b"),), [2, 2]),
    "one behind the other": ((segment("a", "b"), segment("c")), [2, 2, 3]),
    "one that says nothing of its end": (
        (segment("a", is_closed=False), segment("b", "c"), segment("d")),
        [3, 3, 3, 4],
    ),
}


@pytest.mark.parametrize(("plans", "ends"), ENDS.values(), ids=ENDS)
def test_a_segment_ends_where_its_last_entry_says_so(
    plans: tuple[Segment, ...], ends: list[int]
) -> None:
    """Each entry's segment ends behind an entry that says so, not at a new plan."""
    made = EventLog("run_1")
    for plan in plans:
        made.plan(plan)
        made.publish_rest()
    assert [made.segment_end(i) for i in range(made.size)] == ends


def test_a_segment_that_is_cut_short_goes_on_in_the_next() -> None:
    """What its last entry would have said was never said."""
    made = log("a", "b", "c", published=2)
    made.plan(segment("x", "y"))
    assert [made.segment_end(i) for i in range(4)] == [4, 4, 4, 4]


def test_entries_are_found_by_name_up_to_the_end_of_their_segment() -> None:
    """Planned ones too, for who wants to stop there; never those of the next."""
    made = log("a", "b", "a", published=3)
    made.plan(segment("a"))
    assert [made.find("a", nth, 0) for nth in (1, 2, 3)] == [0, 2, None]
    assert (made.find("a", 1, 1), made.find("a", 1, 3)) == (2, 3)
    assert made.count("a", 0, 4) == 3


def test_an_entry_that_a_cut_segment_goes_on_to_is_found() -> None:
    """By its number in both, as long as the first was cut short."""
    made = log("a", "b", "a", published=2)
    made.plan(segment("x", "a", "a"))
    assert [made.find("a", nth, 0) for nth in (1, 2, 3, 4)] == [0, 3, 4, None]


def test_the_data_of_an_entry_is_known_without_the_entry() -> None:
    """Published or planned, in this segment or one before; behind the end, none."""
    made = log("a", "b", published=1)
    made.plan(segment("x"))
    assert [made.data(index) for index in range(3)] == [b"<a>", b"<x>", None]


@pytest.mark.parametrize(("start", "stop"), [*combinations(range(6), 2), (2, 2)])
def test_chunks_are_those_of_the_entries_that_count(start: int, stop: int) -> None:
    """Across plans that were cut short, each entry in HTTP's framing, once."""
    made = log("a", "b", "c", published=2)
    made.plan(segment("x", is_closed=False))
    made.publish()
    made.plan(segment("y", "z"))
    expected = [b"3\r\n<%c>\r\n" % name for name in b"abxyz"[start:stop]]
    assert made.chunks(start, stop) == expected
    assert list(made.names(start, stop)) == list("abxyz"[start:stop])


def status(text: str) -> RunStatus:
    """Return an effect."""
    return RunStatus(run="run_1", thread="thread_1", status=text)


def effective(seen: list[Entry]) -> EventLog:
    """Return a log whose second and fourth entry have effects, told to *seen*."""
    made = EventLog("run_1", seen.append)
    planned = segment(*"abcd")
    planned.effects = [(1, (status("one"),)), (3, (status("two"), status("three")))]
    made.plan(planned)
    return made


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_effects_are_journaled_once_however_much_is_published(step: int) -> None:
    """Each with its entry and in order, whether entries come out singly or at once."""
    seen: list[Entry] = []
    made = effective(seen)
    while made.planned:
        made.publish(min(step, made.planned))
        count = sum(made.published > index for index in (1, 3, 3))
        assert seen == [status("one"), status("two"), status("three")][:count]


def test_the_journal_has_an_effect_before_anybody_can_see_its_entry() -> None:
    """While it is told, the entry is not out."""
    made = effective([])
    out: list[int] = []
    seen = EventLog("run_1", lambda _: out.append(seen.published))
    seen.plan(made.segment)
    seen.publish_rest()
    assert out == [0, 0, 0]
    assert seen.published == 4


def test_each_plan_has_effects_of_its_own() -> None:
    """Also behind one whose effects were all told."""
    seen: list[Entry] = []
    made = effective(seen)
    made.publish_rest()
    made.plan(made.segment)
    made.publish_rest()
    assert seen == 2 * [status("one"), status("two"), status("three")]


def test_what_is_replaced_has_no_effect() -> None:
    """An effect that was planned behind the cut is never journaled."""
    seen: list[Entry] = []
    made = effective(seen)
    made.publish(2)
    made.plan(segment("x"))
    made.publish_rest()
    assert seen == [status("one")]


@pytest.mark.parametrize("step", [1, 2, 5])
def test_what_is_published_is_taken_once_to_be_applied(step: int) -> None:
    """Whenever somebody looks: all of it, in order, across plans, and no more."""
    made, taken = log("a", "b", "c"), list[str | None]()
    made.publish(2)
    made.plan(segment("x", "y", "z"))
    while made.planned:
        made.publish(min(step, made.planned))
        taken += [entry.name for entry in made.take_unapplied()]
        assert taken == names(made)[: made.published]
    assert list(made.take_unapplied()) == []


HELD = {
    "an entry": (0, 0, b"<a>", True),
    "a piece": (1, 1, b"b", True),
    "across entries": (0, 1, b"a><b><", True),
    "altered": (0, 0, b"<A>", False),
    "at another place": (1, 0, b"<a>", False),
    "beyond the end": (2, 0, b"<c><d>", False),
}


@pytest.mark.parametrize(("index", "start", "data", "is_held"), HELD.values(), ids=HELD)
def test_bytes_are_compared_with_the_log(
    index: int, start: int, data: bytes, is_held: bool
) -> None:
    """Only the log's own bytes at that very place count as verbatim."""
    made = log("a", "b", "c")
    assert made.holds(index, start, data) is is_held
    assert not made.holds(None, start, data)
