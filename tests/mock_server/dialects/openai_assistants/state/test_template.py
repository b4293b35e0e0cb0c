import dataclasses
import json
from typing import Any

import pytest

from midstream.mock_server import load, names
from midstream.mock_server.core.journal import TextDropped, TextPlanned, TextSent
from midstream.mock_server.core.replies import Follow
from midstream.mock_server.dialects.openai_assistants.state.compiling import template
from midstream.mock_server.dialects.openai_assistants.state.live import LiveSegment
from midstream.mock_server.recordings.cassette import ASSISTANTS
from tests.mock_server.dialects.openai_assistants.helpers_account import ASK, Account

CASSETTES = [name.partition("/")[2] for name in names() if name.startswith(ASSISTANTS)]
SHAPES = ("spec", "recorded")
METADATA = {"client_key": 'a "quoted" one ~~~~', "n": "1"}


def both(cassette: str, **settings: Any) -> tuple[Account, Account]:  # noqa: ANN401 (of any type)
    """Return two accounts of one seed: one plain, one for a load test."""
    accounts = (Account(cassette, is_express=e, **settings) for e in (False, True))
    simple, express = accounts
    return simple, express


def frames(follow: Follow) -> list[bytes]:
    """Return all planned frames of a stream."""
    start, segment = follow.log.act
    assert start == 0
    return [entry.data for entry in segment]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cassette", CASSETTES)
def test_both_ways_give_the_same_bytes(cassette: str, shape: str) -> None:
    """Ids, times, metadata, field order; with a template if events show all they do."""
    simple, express = both(cassette, shape=shape)
    ask = {"metadata": METADATA, "instructions": "Be brief.", "temperature": 0.5}
    one, two = (a.stream(a.thread(), **ask) for a in (simple, express))
    assert frames(one) == frames(two)
    hides_contents = cassette == "file_citations"
    assert isinstance(two.log.act[1], LiveSegment) is not hides_contents


@pytest.mark.parametrize("cassette", CASSETTES)
def test_a_stream_that_tells_its_thread_is_the_same(cassette: str) -> None:
    """The live thread comes first, and is no part of the template."""
    body = {"thread": {"messages": ASK}, "stream": True, "metadata": METADATA}
    replies = []
    for account in both(cassette):
        ask = {**body, "assistant_id": account.assistant()}
        replies.append(account.reply("POST", "/threads/runs", ask))
    one, two = (reply for reply in replies if isinstance(reply, Follow))
    assert frames(one) == frames(two)
    assert frames(two)[0].startswith(b"event: thread.created\n")


@pytest.mark.parametrize("cassette", CASSETTES)
def test_chunks_are_the_frames_of_entries(cassette: str) -> None:
    """However many are asked for at once: the size in hexadecimal, then the bytes."""
    _, account = both(cassette)
    log = account.stream(account.thread()).log
    _, segment = log.act
    framed = [b"%x\r\n%b\r\n" % (len(e.data), e.data) for e in segment]
    stop = len(segment)
    for step in (1, 2, 7, stop):
        pieces = (log.chunks(i, min(i + step, stop)) for i in range(0, stop, step))
        assert [chunk for piece in pieces for chunk in piece] == framed, step


def state(account: Account, thread: str) -> list[Any]:
    """Return all that can be read of a thread: its messages, runs, and their steps."""
    runs = account.ok("GET", f"{thread}/runs")["data"]
    paths = [f"{thread}/runs/{run['id']}/steps" for run in runs]
    steps = [account.ok("GET", path)["data"] for path in paths]
    return [account.ok("GET", f"{thread}/messages")["data"], runs, steps]


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_state_is_that_of_the_published_events(cassette: str) -> None:
    """After any number of events it is the same with and without a template."""
    simple, express = both(cassette)
    threads = [account.thread() for account in (simple, express)]
    logs = [a.stream(t).log for a, t in zip((simple, express), threads, strict=True)]
    while logs[0].planned:
        count = min(5, logs[0].planned)
        for _ in range(count):
            logs[0].publish()
        logs[1].announce(count)
        assert state(express, threads[1]) == state(simple, threads[0])


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_state_is_the_same_if_nobody_looked_before_the_end(cassette: str) -> None:
    """Events that later ones outdate are left out, and nothing shows it."""
    simple, express = both(cassette)
    threads = [account.thread() for account in (simple, express)]
    logs = [a.stream(t).log for a, t in zip((simple, express), threads, strict=True)]
    logs[0].publish_rest()
    logs[1].announce(logs[1].planned)
    assert state(express, threads[1]) == state(simple, threads[0])


def test_what_nobody_looks_at_is_not_made() -> None:
    """A whole answer is caught up with by a few of its events."""
    _, account = both("long_answer")
    _, segment = account.stream(account.thread()).log.act
    size = len(segment)
    assert len(list(segment.between(0, size))) < size / 10
    assert len(list(segment.between(0, size - 6))) > size / 2


def test_texts_are_journaled_once_as_planned_and_never_as_sent() -> None:
    """The journal has one entry a message, and runs share its very tuple."""
    account = Account("two_messages", is_express=True)
    for _ in range(2):
        account.stream(account.thread()).log.publish_rest()
    planned = account.said(TextPlanned)
    assert len(planned) == 4
    assert planned[0].texts is planned[2].texts
    assert planned[0].message != planned[2].message
    assert account.said(TextSent) == []
    simple = Account("two_messages")
    simple.stream(simple.thread()).log.publish_rest()
    sent = tuple(said.text for said in simple.said(TextSent))
    assert planned[0].texts + planned[1].texts == sent


def test_the_texts_a_cancelled_run_never_sends_are_journaled() -> None:
    """As many tokens are dropped as were planned and not yet published."""
    account = Account("long_answer", is_express=True)
    thread = account.thread()
    run = account.stream(thread).log
    said = 0
    while said < 3:
        entry = run.pending
        assert entry is not None
        said += entry.name == "thread.message.delta"
        run.announce(1)
    account.ok("POST", f"{thread}/runs/{run.run_id}/cancel", {})
    (dropped,) = account.said(TextDropped)
    (planned,) = account.said(TextPlanned)
    assert (dropped.message, dropped.count) == (planned.message, len(planned.texts) - 3)


def test_a_run_of_several_streams_goes_on_without_a_template() -> None:
    """What follows tool outputs depends on them; it has the ids of the first stream."""
    threads = []
    for account in both("function_tool"):
        thread = account.thread()
        run = account.stream(thread).log
        run.publish_rest()
        path = f"{thread}/runs/{run.run_id}"
        required = account.ok("GET", path)["required_action"]
        calls = required["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": call["id"], "output": "21"} for call in calls]
        account.ok("POST", f"{path}/submit_tool_outputs", {"tool_outputs": outputs})
        run.publish_rest()
        threads.append(state(account, thread))
    assert threads[0] == threads[1]


def test_what_could_be_taken_for_a_mark_has_no_template() -> None:
    """A recorded text with our marks in it, or a setting that looks like a time."""
    cassette = load("openai_assistants/short_answer")
    stream = cassette.streams()[0]
    *chunks, last = stream.chunks
    chunks.append(dataclasses.replace(last, data=b": ~~~~\n\n" + last.data))
    exchange = dataclasses.replace(stream, chunks=tuple(chunks))
    marked = dataclasses.replace(cassette, title="x", exchanges=(exchange,))
    assert template(cassette, "spec", b"{}", with_contents=False) is not None
    assert template(marked, "spec", b"{}", with_contents=False) is None
    overlay = json.dumps({"tools": [{"made_at": 1}]}, separators=(",", ":")).encode()
    assert template(cassette, "spec", overlay, with_contents=False) is None
