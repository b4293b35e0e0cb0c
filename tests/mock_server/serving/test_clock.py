import asyncio
from functools import partial

import pytest

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.steps import Span, Until
from midstream.mock_server.serving.clock import Playhead
from midstream.mock_server.serving.timer_wheel import TimerWheel
from tests.helpers import until
from tests.mock_server.serving.helpers_paper import (
    FAILED,
    Paper,
    Tape,
    Turns,
    unchunked,
)

TIMES_S = (0.0, 0.5, 0.5, 2.0)


def timed(*times_s: float) -> EventLog:
    """Return a log whose entries are due at *times_s*."""
    log = EventLog("run_1")
    last = len(times_s) - 1
    log.plan(
        Segment(
            Entry(name="e", data=b"%d;" % i, offset_s=at_s, ends_segment=i == last)
            for i, at_s in enumerate(times_s)
        )
    )
    return log


def test_entries_are_published_when_they_are_due() -> None:
    """Not before, those of one time together; and it says when the next one is due."""
    log = timed(*TIMES_S)
    playhead = Playhead(log, 1.0, 10.0, [], FAILED)
    found = [(playhead.run_due(at_s), log.published) for at_s in (10.0, 10.4, 10.5)]
    assert found == [(10.5, 1), (10.5, 1), (12.0, 3)]
    assert (playhead.run_due(12.0), log.published) == (None, 4)


def test_the_speed_divides_the_times() -> None:
    """Twice as fast is due after half the time."""
    log = timed(*TIMES_S)
    playhead = Playhead(log, 2.0, 10.0, [], FAILED)
    assert (playhead.run_due(10.0), playhead.run_due(10.25)) == (10.25, 11.0)
    assert log.published == 3


def test_without_a_pace_all_is_due_at_once() -> None:
    """Speed 0 waits for nothing."""
    log = timed(*TIMES_S)
    assert Playhead(log, 0.0, 10.0, [], FAILED).run_due(10.0) is None
    assert log.published == 4


def test_a_delay_is_made_up_for() -> None:
    """Times are counted from the plan, not from when somebody was last served."""
    log = timed(0.0, 1.0, 2.0, 3.0)
    playhead = Playhead(log, 1.0, 10.0, [], FAILED)
    assert (playhead.run_due(11.9), log.published) == (12.0, 2)
    assert (playhead.run_due(12.0), log.published) == (13.0, 3)


def test_who_is_stopped_publishes_no_more() -> None:
    """A playhead that was replaced leaves the log to the one behind it."""
    log = timed(*TIMES_S)
    playhead = Playhead(log, 0.0, 10.0, [], FAILED)
    playhead.stop()
    assert (playhead.run_due(99.0), log.published) == (None, 0)


async def read(task: "asyncio.Task[int]", *papers: Paper) -> int:
    """Let the clients read until *task* is over; return what it returns."""
    await until(lambda: ([paper.flush() for paper in papers], task.done())[1])
    return task.result()


async def test_a_log_plays_and_is_written_as_it_comes_out() -> None:
    """The whole recording, once, in order; then the response may go on."""
    tape, paper = Tape(TimerWheel(), speed=10.0), Paper()
    log = tape.start()
    assert await read(tape.follow(paper, Span(log, 0)), paper) == log.size
    assert unchunked(paper.flush()) == tape.whole


async def test_at_a_pace_what_is_due_at_once_waits_for_no_turn() -> None:
    """The first entries are out when the response begins."""
    paced, unpaced = Tape(speed=1.0).start(), Tape(speed=0.0).start()
    at_once = sum(not offset_s for offset_s in paced.segment.offsets_s)
    assert 0 < at_once < paced.size
    assert (paced.published, unpaced.published) == (at_once, 0)


async def test_a_late_follower_gets_all_of_it_at_once() -> None:
    """All is out by then, and there is nothing to wait for."""
    tape, paper = Tape(TimerWheel()), Paper()
    log = tape.start()
    await until(lambda: not log.planned)
    assert await read(tape.follow(paper, Span(log, 0)), paper) == log.size
    assert unchunked(paper.flush()) == tape.whole


async def test_followers_join_at_any_time() -> None:
    """Each gets what it asked for, from the one log that plays on."""
    tape, papers = Tape(TimerWheel(), speed=10.0), [Paper(), Paper(), Paper()]
    log = tape.start()
    tasks = []
    for paper, at in zip(papers, (0, 3, 6), strict=True):
        await until(partial(_is_out, log, at))
        tasks.append(tape.follow(paper, Span(log, 0)))
    for task in tasks:
        await read(task, *papers)
    assert {unchunked(paper.flush()) for paper in papers} == {tape.whole}


def play(wheel: Turns, *papers: Paper) -> None:
    """Turn *wheel* until nobody wants more, while the clients read."""
    while wheel.riders:
        wheel.turn()
        for paper in papers:
            paper.flush()


def _is_out(log: EventLog, index: int) -> bool:
    """Say whether entry *index* is published."""
    return log.published > index


async def test_a_log_plays_whether_or_not_anybody_follows() -> None:
    """As at the provider."""
    tape = Tape(TimerWheel(), speed=10.0)
    log = tape.start()
    await until(lambda: not log.planned)


async def test_a_new_plan_is_played_to_those_who_follow() -> None:
    """It starts anew at the first entry; what was due by the old one is not said."""
    wheel = Turns()
    tape, paper = Tape(wheel), Paper()
    log = tape.start()
    task = tape.follow(paper, Span(log, 0))
    await asyncio.sleep(0)
    log.plan(Segment([Entry(name="x", data=b"new;", ends_segment=True)]))
    assert log.published == 0
    tape.clock.attend()
    play(wheel, paper)
    assert await task == 1
    assert unchunked(paper.flush()) == b"new;"


async def test_a_plan_made_as_the_old_one_falls_due_is_the_one_that_counts() -> None:
    """Whichever of the two comes first on the wheel."""
    wheel = Turns()
    tape = Tape(wheel)
    log = tape.start()
    log.plan(Segment([Entry(name="x", data=b"new;", offset_s=9.0, ends_segment=True)]))
    tape.clock.attend()
    before, after = wheel.riders
    assert before.run_due(1e9) is None
    assert log.published == 0
    after.run_due(1e9)
    assert log.published == 1


async def test_a_fault_is_told_as_soon_as_its_event_is_out() -> None:
    """The entry to stop at is published, and what it follows is written."""
    wheel, paper = Turns(), Paper()
    tape = Tape(wheel)
    log = tape.start()
    third = log.find("thread.message.delta", 3, 0)
    assert third is not None
    task = tape.follow(paper, Span(log, 0, until=(Until("thread.message.delta", 3),)))
    await asyncio.sleep(0)
    play(wheel, paper)
    assert await task == third
    assert tape.whole.startswith(unchunked(paper.flush()))


async def test_a_follower_that_is_cancelled_is_forgotten() -> None:
    """Its response is over; the log plays on, for others."""
    wheel, gone, paper = Turns(), Paper(), Paper()
    tape = Tape(wheel)
    log = tape.start()
    task, other = (tape.follow(each, Span(log, 0)) for each in (gone, paper))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    play(wheel, paper)
    assert (await other, gone.flush()) == (log.size, b"")


async def test_a_follower_cancelled_in_the_middle_of_a_backlog_writes_no_more() -> None:
    """Although its turn comes again."""
    wheel, paper = Turns(), Paper()
    tape = Tape(wheel)
    log = tape.start()
    task = tape.follow(paper, Span(log, 0))
    await asyncio.sleep(0)
    wheel.turn()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    written = paper.flush()
    assert wheel.riders
    play(wheel, paper)
    assert paper.received == written != b""


async def test_a_client_that_is_gone_is_told_of() -> None:
    """Its response ends with the error, and the log plays on."""
    wheel, paper = Turns(), Paper()
    tape = Tape(wheel)
    log = tape.start()
    task = tape.follow(paper, Span(log, 0))
    await asyncio.sleep(0)
    paper.theirs.close()
    wheel.turn()
    with pytest.raises(ConnectionError):
        await task
    assert not log.planned


async def test_what_is_forgotten_plays_no_more() -> None:
    """A log that was for one response ends with it."""
    wheel = Turns()
    tape = Tape(wheel)
    log = tape.start()
    tape.clock.forget(log)
    tape.clock.forget(log)
    wheel.turn()
    assert (log.published, wheel.riders) == (0, [])


async def test_a_closed_clock_plays_no_more() -> None:
    """What is unpublished stays so."""
    wheel = Turns()
    tape = Tape(wheel)
    log = tape.start()
    tape.clock.close()
    wheel.turn()
    assert (log.published, wheel.riders) == (0, [])


async def test_a_flush_publishes_all_and_has_it_written() -> None:
    """Whatever the pace, whoever follows gets the rest and its end."""
    wheel, paper = Turns(), Paper()
    tape = Tape(wheel, speed=0.001)
    log = tape.start()
    task = tape.follow(paper, Span(log, 0))
    await asyncio.sleep(0)
    tape.clock.flush()
    assert paper.read()
    play(wheel, paper)
    assert await task == log.size
    assert unchunked(paper.flush()) == tape.whole


async def test_who_comes_when_the_session_is_closed_is_told_that_it_is_over() -> None:
    """A response that was still on its way ends as all others of the session do."""
    tape = Tape()
    log = tape.start()
    tape.clock.close()
    with pytest.raises(ConnectionError):
        await tape.follow(Paper(), Span(log, 0))
