import asyncio

import pytest
from aiohttp import HttpVersion10
from hypothesis import given, settings
from hypothesis import strategies as st

from midstream.mock_server import Injection, Position, StopAtGate
from midstream.mock_server.core.steps import Span
from tests.mock_server.serving.helpers_paper import (
    Desk,
    Paper,
    body,
    entries,
    logged,
    unchunked,
)

FAULTS = [Injection("g", Position(on="other"), StopAtGate(name="g"))]
MANY = 100


@pytest.mark.parametrize("join", [1, 3, 8, 1000])
async def test_a_write_takes_no_more_than_it_may(join: int) -> None:
    """Of the entries that are due, as many as is said, in order and without a gap."""
    log, paper, desk = logged(entries(MANY)), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0), join)
    while not writer.done.done():
        paper.flush()
        desk.wheel.turn()
    sent = desk.sent()
    assert max(one.count for one in sent) <= join
    assert [one.first for one in sent] == [
        sum(one.count for one in sent[:i]) for i in range(len(sent))
    ]
    assert sum(one.count for one in sent) == MANY
    assert (len(sent) < MANY) is (join > 1)


@settings(
    deadline=None, derandomize=True, max_examples=min(60, settings().max_examples)
)
@given(
    join=st.integers(1, 20),
    steps=st.lists(st.integers(0, 9), max_size=12),
    is_modern=st.booleans(),
)
def test_bytes_are_the_same_however_they_are_joined(
    join: int, steps: list[int], *, is_modern: bool
) -> None:
    """Whatever comes out at once, and whether the body is chunked or not."""

    async def received() -> bytes:
        log, paper, desk = logged(entries(50), 0), Paper(), Desk()
        how = {} if is_modern else {"version": HttpVersion10}
        writer = desk.write(paper, Span(log, 0), join, **how)
        for step in [*steps, 50]:
            log.publish(min(step, log.planned))
            writer.advance()
            while desk.wheel.riders:
                paper.flush()
                desk.wheel.turn()
        assert writer.done.done()
        return paper.flush()

    data = asyncio.run(received())
    assert (unchunked(data) if is_modern else data) == body(*range(50))


@pytest.mark.parametrize("join", [1, 8])
async def test_offsets_cut_out_the_very_entries(join: int) -> None:
    """Each write's offsets, less the head's, hold its entries and nothing else."""
    log, paper, desk = logged(entries(MANY)), Paper(), Desk()
    writer = desk.write(paper, Span(log, 0), join)
    while not writer.done.done():
        paper.flush()
        desk.wheel.turn()
    received, head = paper.flush(), desk.sent()[0].start
    for sent in desk.sent():
        assert sent.first is not None
        data = received[sent.start - head : sent.end - head]
        numbers = range(sent.first, sent.first + sent.count)
        assert unchunked(data) == body(*numbers)


@pytest.mark.parametrize("injections", [[], FAULTS], ids=["without", "with faults"])
async def test_joined_entries_are_named_where_a_fault_may_count_them(
    injections: list[Injection],
) -> None:
    """Elsewhere the names are in the log, and cost nothing."""
    log, desk = logged(entries(3)), Desk(injections)
    desk.write(Paper(), Span(log, 0), 2)
    joined, single = desk.sent()
    assert (joined.name, single.name) == (None, "e2")
    assert joined.names == (("e0", "e1") if injections else ())
    assert single.names == ()
