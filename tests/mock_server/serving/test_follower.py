from collections.abc import Sequence

import pytest

from midstream.mock_server.core.event_log import Entry, EventLog, Segment
from midstream.mock_server.serving.follower import Follower


class Paper:
    """A wire that writes down what is pushed, as much of it as it takes at a time."""

    def __init__(self) -> None:
        self.pushed: list[bytes] = []
        self.takes = 100
        self.joins: set[int] = set()
        self.is_gone = False

    def push(self, chunks: Sequence[bytes], join: int) -> int:
        """Take some of *chunks*."""
        self.joins.add(join)
        if self.is_gone:
            raise ConnectionResetError("gone")
        self.pushed += chunks[: self.takes]
        return min(self.takes, len(chunks))


def log(count: int) -> EventLog:
    """Return a log with *count* entries planned."""
    made = EventLog("run_1", lambda _: None)
    made.plan(entries(count))
    return made


def entries(count: int, mark: bytes = b"", *, is_closed: bool = True) -> Segment:
    """Return an act of entries whose data is their number behind *mark*."""
    return Segment(
        Entry(
            name="e",
            data=b"%b%d" % (mark, i),
            ends_segment=is_closed and i + 1 == count,
        )
        for i in range(count)
    )


def texts(paper: Paper) -> list[bytes]:
    """Return the data of the chunks that were pushed."""
    return [chunk.split(b"\r\n")[1] for chunk in paper.pushed]


async def test_only_what_is_published_is_sent() -> None:
    """Each entry once, in order, and it is done behind the last."""
    made, paper = log(3), Paper()
    follower = Follower(made, 0, paper)
    assert (follower.advance(), paper.pushed) == (False, [])
    made.announce(2)
    assert (follower.advance(), texts(paper)) == (False, [b"0", b"1"])
    assert not follower.done.done()
    made.announce(1)
    follower.advance()
    assert (texts(paper), follower.done.done()) == ([b"0", b"1", b"2"], True)


async def test_a_long_backlog_is_sent_a_few_entries_at_a_time() -> None:
    """So that others have their turn, and it says that there is more."""
    made, paper = log(100), Paper()
    made.announce(100)
    follower = Follower(made, 0, paper)
    turns = [follower.advance()]
    while turns[-1]:
        turns.append(follower.advance())
    assert len(turns) > 5
    assert texts(paper) == [b"%d" % i for i in range(100)]


async def test_what_the_wire_does_not_take_is_sent_later() -> None:
    """A slow client loses nothing and gets nothing twice."""
    made, paper = log(5), Paper()
    made.announce(5)
    follower = Follower(made, 0, paper)
    paper.takes = 2
    assert (follower.advance(), texts(paper)) == (None, [b"0", b"1"])
    paper.takes = 0
    assert follower.advance() is None
    paper.takes = 100
    assert (follower.advance(), follower.done.done()) == (False, True)
    assert texts(paper) == [b"0", b"1", b"2", b"3", b"4"]


async def test_a_client_that_is_gone_ends_it() -> None:
    """Whoever waits for it learns why."""
    made, paper = log(5), Paper()
    made.announce(5)
    paper.is_gone = True
    follower = Follower(made, 0, paper)
    follower.advance()
    with pytest.raises(ConnectionResetError):
        await follower.done


async def test_it_stops_at_the_end_of_its_act() -> None:
    """What follows tool outputs belongs to another response."""
    made, paper = log(2), Paper()
    follower = Follower(made, 0, paper)
    made.announce(2)
    made.plan(entries(2, b"next "))
    made.announce(2)
    follower.advance()
    assert (texts(paper), follower.done.done()) == ([b"0", b"1"], True)
    second = Follower(made, 2, paper)
    second.advance()
    assert texts(paper)[2:] == [b"next 0", b"next 1"]


async def test_an_act_that_is_cut_short_goes_on_in_its_ending() -> None:
    """A cancelled run says its ending on the stream that is open."""
    made, paper = log(5), Paper()
    follower = Follower(made, 0, paper)
    made.announce(2)
    made.plan(entries(1, b"cancelling ", is_closed=False))
    made.announce(1)
    made.plan(entries(2, b"end "))
    made.announce(2)
    follower.advance()
    assert texts(paper) == [b"0", b"1", b"cancelling 0", b"end 0", b"end 1"]
    assert follower.done.done()
