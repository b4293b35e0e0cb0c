from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.gate import StopAtGate
from midstream.mock_server.core.replies import (
    Answer,
    Follow,
    Reply,
    is_verbatim,
    steps,
)
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.steps import Finish, Gate, Head, Send, Span, Step, each
from tests.mock_server.core.helpers_log import segment, written


def follow() -> Follow:
    """Return what follows a log of two segments from the second on."""
    log = EventLog("run_1")
    for plan in (segment("a", "b"), segment("c", "d"), segment("e")):
        log.plan(plan)
        log.publish_rest()
    return Follow(log=log, start=2, headers={})


def body(reply: Reply) -> list[Step]:
    """Return the steps of *reply* without the head."""
    head, *rest = steps(reply)
    assert isinstance(head, Head)
    return rest


def test_an_answer_says_its_length() -> None:
    """Head with content-length, the body, the end."""
    answer = Answer(status=404, headers={"a": "b"}, body=b"{}")
    head = Head(404, {"a": "b", "content-length": "2"})
    assert list(steps(answer)) == [head, Send(b"{}"), Finish()]


def test_a_stream_follows_one_segment() -> None:
    """One span from where it begins, which ends with the segment."""
    reply = follow()
    assert body(reply) == [Span(reply.log, 2), Finish()]
    assert written(body(reply)) == [b"<c>", b"<d>"]


def test_a_stream_ends_where_its_log_was_cut() -> None:
    """If the rest was replaced by less, nothing is waited for."""
    log = EventLog("run_1")
    log.plan(segment("a", "b"))
    log.publish()
    found = steps(Follow(log=log, start=0, headers={}))
    next(found)
    log.plan(Segment(()))
    assert written(found) == [b"<a>"]


def test_verbatim_is_judged_by_the_reply() -> None:
    """The true bytes at their place are verbatim; made-up or altered ones are not."""
    reply = follow()
    *_, first = (s for s in each(Span(reply.log, 2, 3)) if isinstance(s, Send))
    answer = Answer(status=200, headers={}, body=b"ab")
    for of, send in ((answer, Send(b"ab")), (reply, first)):
        assert is_verbatim(of, send)
        assert not is_verbatim(of, Send(b"#" + send.data, send.event))
    assert is_verbatim(reply, Send(b"c><d", 2, None, 1))
    assert not is_verbatim(None, Send(b"ab"))
    assert not is_verbatim(reply, Send(b"<c>"))


def test_a_response_recorded_whole_is_verbatim_as_a_whole() -> None:
    """A body that is no stream is one entry without a name."""
    log = EventLog("")
    log.plan(Segment([Entry(name=None, data=b"abc", ends_segment=True)]))
    tape = Follow(log=log, start=0, headers={}, is_private=True)
    assert is_verbatim(tape, Send(b"bc", 0, None, 1))


def test_a_gate_shows_what_comes_next_and_changes_nothing() -> None:
    """Before a piece the gate holds its data, before a head none."""
    gate, send = StopAtGate(name="g"), Send(b"a")
    assert list(gate(iter([send, Finish()]))) == [Gate("g", b"a"), send, Finish()]
    head = Head(200, {})
    assert list(gate(iter([head, send]))) == [Gate("g", b""), head, send]
    assert list(gate(iter([]))) == [Gate("g", b"")]
