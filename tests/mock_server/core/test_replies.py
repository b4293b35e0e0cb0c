from midstream.mock_server.core.event_log import Entry, EventLog
from midstream.mock_server.core.gate import StopAtGate
from midstream.mock_server.core.replies import (
    Answer,
    Follow,
    Piece,
    Playback,
    Reply,
    is_verbatim,
    steps,
)
from midstream.mock_server.core.steps import (
    Await,
    Finish,
    Gate,
    Head,
    Pause,
    Send,
    Step,
)


def follow() -> Follow:
    """Return what follows a log of two acts from the second on."""
    log = EventLog("run_1", lambda _: None)
    log.plan(
        Entry(name=n, data=n.encode(), ends_segment=n in {"b", "d"}) for n in "abcd"
    )
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


def test_a_stream_follows_one_act() -> None:
    """It waits for each event before it sends it, and ends with the act."""
    assert body(follow()) == [
        Await(2),
        Send(b"c", 2, "c"),
        Await(3),
        Send(b"d", 3, "d"),
        Finish(),
    ]


def test_a_stream_ends_where_its_log_was_cut() -> None:
    """If the rest was replaced by less, nothing is waited for."""
    reply = follow()
    found = steps(reply)
    next(found)
    reply.log.plan([])
    assert list(found) == [Await(2), Finish()]


def test_a_playback_pauses_as_recorded() -> None:
    """The pauses are the differences of the recorded times, divided by the speed."""
    pieces = (Piece(0.5, b"a", "x"), Piece(0.5, b"b"), Piece(1.5, b"c"))
    playback = Playback(status=200, headers={}, pieces=pieces, speed=2.0)
    pauses = [step.seconds for step in body(playback) if isinstance(step, Pause)]
    assert pauses == [0.25, 0.5]
    still = Playback(status=200, headers={}, pieces=pieces)
    assert body(still)[0] == Send(b"a", 0, "x")


def test_verbatim_is_judged_by_the_reply() -> None:
    """The true bytes at their place are verbatim; made-up or altered ones are not."""
    playback = Playback(
        status=200, headers={}, pieces=(Piece(0, b"ab"), Piece(0, b"c"))
    )
    answer = Answer(status=200, headers={}, body=b"ab")
    for reply, place in ((playback, 0), (answer, None), (follow(), 2)):
        first = next(s for s in body(reply) if isinstance(s, Send))
        assert is_verbatim(reply, first)
        assert not is_verbatim(reply, Send(b"#" + first.data, place))
    assert is_verbatim(playback, Send(b"bc", 0, None, 1))
    assert not is_verbatim(None, Send(b"ab"))
    assert not is_verbatim(playback, Send(b"ab"))


def test_a_gate_shows_what_comes_next_and_changes_nothing() -> None:
    """Before a piece the gate holds its data, before a head none."""
    gate, send = StopAtGate(name="g"), Send(b"a")
    assert list(gate(iter([send, Finish()]))) == [Gate("g", b"a"), send, Finish()]
    head = Head(200, {})
    assert list(gate(iter([head, send]))) == [Gate("g", b""), head, send]
    assert list(gate(iter([]))) == [Gate("g", b"")]
