import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midstream.mock_server import load, names
from midstream.mock_server.core.journal import RunStatus, TextDropped, TextPlanned
from midstream.mock_server.core.replies import Follow
from midstream.mock_server.core.segment import Entry
from midstream.mock_server.dialects.openai_assistants.state.compiling import template
from midstream.mock_server.dialects.openai_assistants.state.live import LiveSegment
from midstream.mock_server.recordings.cassette import ASSISTANTS
from tests.mock_server.dialects.openai_assistants.helpers_account import Account, events

CASSETTES = [name.partition("/")[2] for name in names() if name.startswith(ASSISTANTS)]
SHAPES = ("spec", "recorded")
METADATA = {"client_key": 'a "quoted" one ~~~~', "n": "1"}


def both(cassette: str, **settings: Any) -> tuple[Account, Account]:  # noqa: ANN401 (of any type)
    """Return two accounts of one seed: one renders each run, one fills a template."""
    simple = Account(cassette, has_template=False, **settings)
    return simple, Account(cassette, **settings)


def frames(follow: Follow) -> list[bytes]:
    """Return all planned frames of a stream."""
    assert follow.log.first == 0
    return [entry.data for entry in entries(follow)]


def entries(follow: Follow) -> list[Entry]:
    """Return the entries of the first segment of a stream."""
    segment = follow.log.segment
    return [segment.entry(index) for index in range(len(segment))]


def unpayloaded(found: list[Entry]) -> list[Entry]:
    """Return *found* without objects, of which the simple way shows more."""
    return [dataclasses.replace(entry, payload=None) for entry in found]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cassette", CASSETTES)
def test_both_ways_give_the_same_entries(cassette: str, shape: str) -> None:
    """Bytes, names, times, ends; with a template if events show all they do."""
    simple, filled = both(cassette, shape=shape)
    ask = {"metadata": METADATA, "instructions": "Be brief.", "temperature": 0.5}
    one, two = (a.stream(a.thread(), **ask) for a in (simple, filled))
    assert unpayloaded(entries(one)) == unpayloaded(entries(two))
    hides_contents = cassette == "file_citations"
    assert isinstance(two.log.segment, LiveSegment) is not hides_contents
    assert not isinstance(one.log.segment, LiveSegment)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_names_and_times_are_those_of_the_entries(cassette: str) -> None:
    """They are known before any entry is made."""
    segment = Account(cassette).stream_with_thread(metadata=METADATA).log.segment
    made = [segment.entry(index) for index in range(len(segment))]
    assert list(segment.names) == [entry.name for entry in made]
    assert list(segment.offsets_s) == [entry.offset_s for entry in made]
    assert segment.is_closed is made[-1].ends_segment is True


@pytest.mark.parametrize("cassette", CASSETTES)
def test_a_stream_that_tells_its_thread_is_the_same(cassette: str) -> None:
    """The live thread comes first, with its own id, time and metadata."""
    one, two = (a.stream_with_thread(metadata=METADATA) for a in both(cassette))
    assert frames(one) == frames(two)
    assert frames(two)[0].startswith(b"event: thread.created\n")


THREADS: list[dict[str, Any]] = [
    {},
    {"metadata": METADATA},
    {"tool_resources": {"code_interpreter": {"file_ids": ["file-%1"]}}},
]


@pytest.mark.parametrize("thread", THREADS)
def test_a_thread_is_told_as_it_was_asked_for(thread: dict[str, Any]) -> None:
    """Two runs whose threads differ do not get each other's."""
    ask = {"messages": [{"role": "user", "content": "Well?"}], **thread}
    simple, filled = both("short_answer")
    for account in (simple, filled):
        account.stream_with_thread()
    one, two = (
        a.stream_with_thread(thread=ask, metadata={"of": "run"})
        for a in (simple, filled)
    )
    assert unpayloaded(entries(one)) == unpayloaded(entries(two))
    assert isinstance(two.log.segment, LiveSegment)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_chunks_are_the_frames_of_entries(cassette: str) -> None:
    """However many are asked for at once: the size in hexadecimal, then the bytes."""
    follow = Account(cassette).stream_with_thread()
    segment = follow.log.segment
    framed = [b"%x\r\n%b\r\n" % (len(data), data) for data in frames(follow)]
    size = len(framed)
    for step in (1, 2, 7, size):
        pieces = (
            follow.log.chunks(i, min(i + step, size)) for i in range(0, size, step)
        )
        assert [chunk for piece in pieces for chunk in piece] == framed, step
    assert [segment.chunk(index) for index in range(size)] == framed
    assert [segment.data(index) for index in range(size)] == frames(follow)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_where_a_name_is_in_a_segment_is_known(cassette: str) -> None:
    """Of each name all places, in order; of an unknown one, none."""
    segment = Account(cassette).stream_with_thread().log.segment
    places = {name: segment.places(name) for name in segment.names if name}
    found = sorted((place, name) for name in places for place in places[name])
    assert found == list(enumerate(segment.names))
    assert not segment.places("nothing")


@pytest.mark.parametrize("count", [1, 5, 10_000])
@pytest.mark.parametrize("cassette", CASSETTES)
def test_both_ways_give_the_same_journal(cassette: str, count: int) -> None:
    """The same truth at the same events, however many of them come out at once."""
    journals = []
    for account in both(cassette):
        log = account.stream_with_thread(metadata=METADATA).log
        known = [[*account.journal]]
        while log.planned:
            account.play(count)
            known.append([*account.journal])
        journals.append(known)
    assert journals[0] == journals[1]
    assert RunStatus in {type(entry) for entry in journals[1][-1]}


def state(account: Account, thread: str) -> list[Any]:
    """Return all that can be read of a thread: its messages, runs, and their steps."""
    runs = account.ok("GET", f"{thread}/runs")["data"]
    paths = [f"{thread}/runs/{run['id']}/steps" for run in runs]
    steps = [account.ok("GET", path)["data"] for path in paths]
    return [account.ok("GET", f"{thread}/messages")["data"], runs, steps]


SETTINGS = settings(
    deadline=None, derandomize=True, max_examples=settings().max_examples // 6
)


@pytest.mark.parametrize("cassette", CASSETTES)
@SETTINGS
@given(counts=st.lists(st.integers(0, 40), max_size=6))
def test_the_state_is_that_of_the_published_events(
    cassette: str, counts: list[int]
) -> None:
    """Whenever it is looked at, it is what the events one by one make of it."""
    simple, filled = both(cassette)
    threads = [account.thread() for account in (simple, filled)]
    logs = [a.stream(t).log for a, t in zip((simple, filled), threads, strict=True)]
    for count in [*counts, logs[1].planned]:
        logs[1].publish(min(count, logs[1].planned))
        while logs[0].published < logs[1].published:
            logs[0].publish()
            simple.dialect.runs()  # looks, so that nothing is left out
        assert state(filled, threads[1]) == state(simple, threads[0])


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_state_is_the_same_if_nobody_looked_before_the_end(cassette: str) -> None:
    """Events that later ones outdate are left out, and nothing shows it."""
    simple, filled = both(cassette)
    threads = [account.thread() for account in (simple, filled)]
    logs = [a.stream(t).log for a, t in zip((simple, filled), threads, strict=True)]
    while logs[0].planned:
        logs[0].publish()
        simple.dialect.runs()
    logs[1].publish_rest()
    assert state(filled, threads[1]) == state(simple, threads[0])


def test_what_nobody_looks_at_is_not_made() -> None:
    """A whole answer is caught up with by a few of its events."""
    account = Account("long_answer")
    segment = account.stream(account.thread()).log.segment
    size = len(segment)
    assert len(list(segment.between(0, size))) < size / 10
    assert len(list(segment.between(0, size - 6))) > size / 2


def test_tokens_are_planned_in_one_entry_a_message() -> None:
    """The journal has them at once, and runs share the very tuple."""
    account = Account("two_messages")
    for _ in range(2):
        account.stream(account.thread()).log.publish_rest()
    planned = account.said(TextPlanned)
    assert len(planned) == 4
    assert planned[0].texts is planned[2].texts
    assert planned[0].message != planned[2].message
    simple = Account("two_messages", has_template=False)
    simple.stream(simple.thread())
    assert simple.said(TextPlanned) == planned[:2]


def test_what_a_cancelled_run_never_says_is_journaled() -> None:
    """As many tokens as were planned and not published when it was cancelled."""
    account = Account("long_answer")
    thread = account.thread()
    run = account.stream(thread).log
    third = run.find("thread.message.delta", 3, 0)
    assert third is not None
    run.publish_to(third + 1)
    account.ok("POST", f"{thread}/runs/{run.run_id}/cancel", {})
    (dropped,) = account.said(TextDropped)
    (planned,) = account.said(TextPlanned)
    assert (dropped.message, dropped.count) == (planned.message, len(planned.texts) - 3)


@pytest.mark.parametrize("cassette", CASSETTES)
@SETTINGS
@given(cut=st.integers(0, 40), is_expired=st.booleans())
def test_a_run_cut_short_says_and_journals_the_same_in_both_ways(
    cassette: str, cut: int, is_expired: bool
) -> None:
    """Wherever it is cut: the same words, state and truth."""
    found = []
    for account in both(cassette):
        thread = account.thread()
        follow = account.stream(thread)
        account.play(cut)
        end = account.dialect.expire if is_expired else account.dialect.cancel
        end(follow.log.run_id, 0)
        account.play()
        found.append((account.journal, state(account, thread), events(follow)))
    assert found[0] == found[1]


def test_a_run_of_several_acts_goes_on_the_simple_way() -> None:
    """What follows tool outputs depends on them; it has the ids of the first act."""
    found = []
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
        found.append((state(account, thread), account.journal))
    assert found[0] == found[1]


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
