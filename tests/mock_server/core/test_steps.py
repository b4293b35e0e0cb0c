"""Which entries of a log a span sends, by what is planned at the moment."""

import pytest

from midstream.mock_server.core.steps import Send, Span, Step, Until, each, expanded
from tests.mock_server.core.faults.helpers_steps import HEAD, sent
from tests.mock_server.core.helpers_log import log, performed, segment, written

ENDS: dict[str, tuple[tuple[Until, ...], int | None, int]] = {
    "of the segment": ((), None, 5),
    "where it is told": ((), 2, 2),
    "at an entry": ((Until("b"),), None, 1),
    "at a later one of the name": ((Until("a", 3),), None, 4),
    "at the first of two": ((Until("a", 3), Until("b")), None, 1),
    "at what comes first": ((Until("a", 3),), 3, 3),
    "of the segment if the entry never comes": ((Until("z"),), None, 5),
}


@pytest.mark.parametrize(("until", "stop", "end"), ENDS.values(), ids=ENDS)
def test_a_span_ends(until: tuple[Until, ...], stop: int | None, end: int) -> None:
    """The first of all its ends counts."""
    assert Span(log(*"abaca"), 0, stop, until).end() == end


@pytest.mark.parametrize("start", range(5))
def test_the_rest_of_a_span_ends_where_it_did(start: int) -> None:
    """Of the entries to stop at, those that are behind count no more."""
    span = Span(log(*"abaca"), 0, None, (Until("a", 3),))
    assert span.since(start).end() == span.end() == 4


def test_a_span_sent_entry_by_entry_waits_for_each() -> None:
    """An empty span waits for one entry, and then it is sent with its place."""
    made = log("a", "b", published=2)
    found = list(each(Span(made, 0)))
    waits = [step for step in found if isinstance(step, Span)]
    assert waits == [Span(made, 0, 0), Span(made, 1, 1)]
    assert sent(found) == b"<a><b>"


def test_a_span_that_stops_somewhere_waits_for_what_stands_there() -> None:
    """Also if it is sent entry by entry: who wants to stop wants to know it is due."""
    made = log("a", "b", "c")
    *_, last = performed(each(Span(made, 0, None, (Until("c"),))))
    assert last == Span(made, 2, 2)


def test_a_plan_replaced_while_an_entry_is_waited_for_is_looked_at_again() -> None:
    """What was waited for never comes; what comes in its place is sent."""
    made = log("a", "b", "c", published=1)
    steps = each(Span(made, 0))
    found: list[Step] = [next(steps) for _ in range(3)]
    assert found[-1] == Span(made, 1, 1)
    made.plan(segment("x"))
    made.publish_rest()
    assert sent([*found, *steps]) == b"<a><x>"


def test_what_a_new_plan_brings_is_waited_for_as_well() -> None:
    """That the old entry is no more is no sign that the new one is out."""
    made = log("a", "b", published=1)
    steps = each(Span(made, 0))
    assert [next(steps) for _ in range(3)][-1] == Span(made, 1, 1)
    made.plan(segment("x"))
    assert [next(steps), next(steps)] == [Span(made, 1, 1), Send(b"<x>", 1, "x")]


def test_a_plan_cut_short_to_nothing_ends_the_span() -> None:
    """Nothing is waited for if the rest was replaced by less."""
    made = log("a", "b", published=1)
    steps = each(Span(made, 0))
    found = [next(steps) for _ in range(3)]
    made.plan(segment())
    assert sent([*found, *steps]) == b"<a>"


def test_other_steps_pass_where_spans_are_expanded() -> None:
    """Only spans are sent in another way, and the bytes are the same."""
    made = log("a", "b", "c")
    steps: list[Step] = [HEAD, Span(made, 0)]
    head, *rest = performed(expanded(iter(steps)))
    assert head == HEAD
    assert sent(rest) == b"".join(written(steps))


def test_a_piece_says_the_truth_once_the_last_of_it_is_there() -> None:
    """The first part tells nothing yet; bytes that say something else never do."""
    send = Send(b"abc", 0, "e")
    crlf = send.recoded(b"abcd")
    pieces = [crlf.piece(0, 2), crlf.piece(2)]
    assert [piece.says_truth for piece in pieces] == [False, True]
    spoilt = send.altered(b"x").recoded(b"xx")
    assert not spoilt.says_truth
    assert not spoilt.piece(0).says_truth
