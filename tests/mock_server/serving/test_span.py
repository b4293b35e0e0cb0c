import pytest

from midstream.mock_server.core.segment import Segment
from midstream.mock_server.core.steps import Span, Until
from midstream.mock_server.serving.span import SpanWriter
from tests.mock_server.serving.helpers_paper import (
    Desk,
    Paper,
    body,
    entries,
    large,
    logged,
    unchunked,
    wire,
)

MANY = 100


async def test_only_what_is_published_is_sent() -> None:
    """Each entry once, in order, and it is done behind the last."""
    log, paper = logged(entries(3), 0), Paper()
    writer = Desk().write(paper, Span(log, 0))
    assert paper.read() == b""
    log.publish(2)
    writer.advance()
    assert (unchunked(paper.read()), writer.done.done()) == (body(0, 1), False)
    log.publish()
    writer.advance()
    assert (unchunked(paper.read()), writer.done.done()) == (body(0, 1, 2), True)


async def test_who_comes_late_gets_all_of_it() -> None:
    """What was published before is sent as well, from where it is asked for."""
    log, paper, rest = logged(entries(5)), Paper(), Paper()
    desk = Desk()
    whole, part = desk.write(paper, Span(log, 0)), desk.write(rest, Span(log, 3))
    desk.wheel.turn()
    assert whole.done.done()
    assert part.done.done()
    assert unchunked(paper.read()) == body(0, 1, 2, 3, 4)
    assert unchunked(rest.read()) == body(3, 4)


async def test_several_follow_one_log_each_at_its_own_pace() -> None:
    """One who does not read takes nothing from another."""
    log, slow, quick = logged(large(4)), Paper(), Paper()
    desk = Desk()
    stuck, free = (desk.write(paper, Span(log, 0)) for paper in (slow, quick))
    while not free.done.done():
        quick.flush()
        desk.wheel.turn()
    assert (stuck.done.done(), stuck.next) == (False, 1)
    while not stuck.done.done():
        slow.flush()
        desk.wheel.turn()
    assert slow.flush() == quick.flush()


async def test_a_long_backlog_is_sent_a_few_entries_at_a_time() -> None:
    """So that others have their turn between two parts of it."""
    log, paper, desk = logged(entries(MANY)), Paper(is_roomy=True), Desk()
    writer = desk.write(paper, Span(log, 0))
    turns = 0
    while desk.wheel.riders:
        desk.wheel.turn()
        turns += 1
    assert turns > 5
    assert writer.done.done()
    assert unchunked(paper.flush()) == body(*range(MANY))


async def test_the_first_turn_is_a_short_one() -> None:
    """So that of many who are new at once each gets its first entries soon."""
    log, paper, desk = logged(entries(MANY)), Paper(is_roomy=True), Desk()
    writer = desk.write(paper, Span(log, 0))
    first = writer.next
    desk.wheel.turn()
    assert 0 < first < writer.next - first


async def test_who_waits_for_a_turn_waits_for_one_alone() -> None:
    """However often more comes out meanwhile, it is on the wheel once."""
    log, desk = logged(entries(MANY), MANY // 2), Desk()
    writer = desk.write(Paper(), Span(log, 0))
    assert writer.next < MANY // 2
    for _ in range(3):
        log.publish()
        writer.advance()
    assert desk.wheel.riders == [writer]


@pytest.mark.parametrize("is_quick", [True, False])
@pytest.mark.parametrize("join", [1, 2, 8])
async def test_a_slow_client_loses_nothing_and_gets_nothing_twice(
    join: int, *, is_quick: bool
) -> None:
    """What the socket takes a part of goes on behind it, and nothing overtakes it."""
    log, paper, desk = logged(large(6)), Paper(is_quick=is_quick), Desk()
    writer = desk.write(paper, Span(log, 0), join)
    while not writer.done.done():
        paper.flush()
        desk.wheel.turn()
    whole = b"".join(b"%d" % i * 300_000 for i in range(6))
    assert unchunked(paper.flush()) == whole
    assert desk.sent()[-1].end - desk.sent()[0].start == len(paper.received)


async def test_a_client_that_is_gone_ends_it() -> None:
    """Whoever waits for it learns of it, and nothing more is journaled."""
    log, paper, desk = logged(entries(MANY)), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0))
    known = len(desk.sent())
    paper.theirs.close()
    desk.wheel.turn()
    assert await writer.done is False
    assert (len(desk.sent()), desk.wheel.riders) == (known, [])


async def test_a_connection_that_is_closed_ends_it() -> None:
    """Nothing is written behind the end."""
    log, paper, desk = logged(entries(MANY)), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0))
    told = paper.read()
    desk.connection.close()
    desk.wheel.turn()
    assert await writer.done is False
    assert paper.flush() == told


async def test_a_head_that_is_held_goes_out_with_the_first_entry() -> None:
    """In one write, of which the record tells the entry's part alone."""
    log, paper, desk = logged(entries(3)), Paper(), Desk()
    made = wire(paper)
    made.head(200, {}, is_held=True)
    offset = made.offset
    SpanWriter(desk.session, 1, made, Span(log, 0), 1, desk.wheel).advance()
    received = paper.read()
    assert unchunked(received[offset:]) == body(0, 1, 2)
    sent = desk.sent()
    assert [received[one.start : one.end] for one in sent] == log.chunks(0, 3)


async def test_who_is_stopped_writes_no_more() -> None:
    """Its response is over, though its turn comes again."""
    log, paper, desk = logged(entries(MANY)), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0))
    told = paper.read()
    writer.is_stopped = True
    desk.wheel.turn()
    assert (paper.read(), desk.wheel.riders) == (told, [])


async def test_it_stops_at_the_end_of_its_segment() -> None:
    """What follows tool outputs belongs to another response."""
    log, paper, second, desk = logged(entries(2), 0), Paper(), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0))
    log.publish_rest()
    log.plan(entries(2, b"next "))
    log.publish_rest()
    writer.advance()
    assert (unchunked(paper.read()), writer.done.done()) == (body(0, 1), True)
    desk.write(second, Span(log, 2))
    assert unchunked(second.read()) == body(0, 1, mark=b"next ")


async def test_a_segment_that_is_cut_short_goes_on_in_its_ending() -> None:
    """A cancelled run says its ending on the stream that is open."""
    log, paper, desk = logged(entries(5), 2), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0))
    log.plan(entries(1, b"cancelling ", is_closed=False))
    log.publish()
    log.plan(entries(2, b"end "))
    log.publish_rest()
    writer.advance()
    said = body(0, mark=b"cancelling ") + body(0, 1, mark=b"end ")
    assert unchunked(paper.read()) == body(0, 1) + said
    assert (writer.done.done(), writer.next) == (True, 5)


async def test_a_log_that_was_cut_to_nothing_is_over() -> None:
    """Nothing is waited for if the rest was replaced by less."""
    log, desk = logged(entries(5), 2), Desk()
    writer = desk.write(Paper(), Span(log, 0))
    log.plan(Segment(()))
    writer.advance()
    assert writer.done.done()


async def test_the_entry_to_stop_at_is_waited_for_and_not_sent() -> None:
    """It is done when that entry is out, not before, and not behind it."""
    log, paper, desk = logged(entries(5), 2), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0, until=(Until("e2"),)))
    assert (unchunked(paper.read()), writer.done.done()) == (body(0, 1), False)
    log.publish_rest()
    writer.advance()
    assert (unchunked(paper.read()), writer.done.done()) == (body(0, 1), True)
    assert writer.next == 2


async def test_an_empty_span_waits_for_one_entry() -> None:
    """It is done once that is out, and sends nothing at all."""
    log, paper, desk = logged(entries(5), 2), Paper(), Desk()
    writer = desk.write(paper, Span(log, 2, 2))
    assert not writer.done.done()
    log.publish()
    writer.advance()
    assert (paper.read(), writer.done.done()) == (b"", True)


async def test_a_plan_replaced_while_it_waits_moves_where_it_stops() -> None:
    """An entry that is never said any more is no reason to wait for ever."""
    log, paper, desk = logged(entries(5), 2), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0, until=(Until("e4"),)))
    log.plan(entries(2, b"x"))
    log.publish_rest()
    writer.advance()
    assert unchunked(paper.read()) == body(0, 1) + body(0, 1, mark=b"x")
    assert writer.done.done()


async def test_an_entry_that_a_new_plan_brings_is_stopped_at() -> None:
    """It stops at the name, in whichever plan it comes."""
    log, paper, desk = logged(entries(2, is_closed=False), 1), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0, until=(Until("e1", 2),)))
    log.publish()
    log.plan(entries(3, b"x"))
    log.publish_rest()
    writer.advance()
    assert unchunked(paper.read()) == body(0, 1) + body(0, mark=b"x")
    assert (writer.done.done(), writer.next) == (True, 3)
