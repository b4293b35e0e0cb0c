"""Faults that change nothing but how the same events lie on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.faults.line_endings import LineEndings
from midstream.mock_server.core.faults.rechunk import Rechunk
from midstream.mock_server.core.steps import Finish, Gate, Pause, Send, Step
from tests.mock_server.core.faults.helpers_steps import (
    E0,
    E1,
    E2,
    E3,
    HEAD,
    STEPS,
    W1,
    W2,
    W3,
    event,
    sent,
    struck,
    wait,
    waited,
)

ANY = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=8)
MODES = {
    "bytes": Rechunk(size=1),
    "threes": Rechunk(size=3, pause_ms=1),
    "mid_char": Rechunk(mode="mid_char"),
    "pairs": Rechunk(mode="coalesce", count=2),
    "pairs apart": Rechunk(mode="coalesce", count=2, pause_ms=1),
    "all": Rechunk(mode="coalesce"),
}


def stream(texts: list[str]) -> list[Step]:
    """Return a response with an event for each of *texts*, waited for in turn."""
    steps: list[Step] = [HEAD]
    for index, text in enumerate(texts):
        steps += [wait(index), event(index, data=text)]
    return [*steps, Finish()]


@pytest.mark.parametrize("fault", MODES.values(), ids=MODES)
@given(texts=ANY)
def test_the_bytes_are_the_same_in_other_pieces(
    fault: Rechunk, texts: list[str]
) -> None:
    """Whatever the events, the joined bytes, waits and end are unchanged."""
    steps = stream(texts)
    made = struck(fault, steps)
    assert sent(made) == sent(steps)
    assert [s for s in waited(made) if not isinstance(s, Pause)] == waited(steps)


@given(texts=ANY, size=st.integers(1, 50))
def test_each_piece_says_where_it_belongs(texts: list[str], size: int) -> None:
    """A piece names its event and the offset at which it lies within."""
    steps = stream(texts)
    whole = {s.event: s.data for s in steps if isinstance(s, Send)}
    for step in struck(Rechunk(size=size), steps):
        if isinstance(step, Send):
            end = step.start + len(step.data)
            assert whole[step.event][step.start : end] == step.data
            assert len(step.data) <= size


def test_a_pause_stands_between_pieces_only() -> None:
    """Pieces of one event are sent apart; no pause leads or follows."""
    made = struck(Rechunk(size=99, pause_ms=2), [E0])
    assert made == [E0]
    half = len(E0.data) // 2 + 1
    made = struck(Rechunk(size=half, pause_ms=2), [E0])
    assert [type(s) for s in made] == [Send, Pause, Send]
    assert made[1] == Pause(0.002)


@pytest.mark.parametrize("char", ["é", "語", "🙂"])
def test_the_cut_lies_inside_the_character(char: str) -> None:
    """Neither piece is valid UTF-8 by itself."""
    pieces = [
        s.data
        for s in struck(Rechunk(mode="mid_char"), [event(0, data=f"a{char}b")])
        if isinstance(s, Send)
    ]
    assert len(pieces) == 2
    for piece in pieces:
        with pytest.raises(UnicodeDecodeError):
            piece.decode()


def test_an_event_of_single_bytes_stays_whole() -> None:
    """Without a character of several bytes there is nothing to cut inside."""
    assert struck(Rechunk(mode="mid_char")) == list(STEPS)


def test_pairs_go_out_when_both_are_there() -> None:
    """Waits pass while the first of a pair is held; an odd one goes before the end."""
    steps = [*STEPS[:6], Finish()]
    pair = Send(E0.data + E1.data, 0, "e")
    expected = [HEAD, W1, pair, W2, E2, Finish()]
    assert struck(Rechunk(mode="coalesce", count=2), steps) == expected


def test_pieces_of_several_events_come_apart() -> None:
    """A pause between two of them; none before the first or behind the last."""
    fault = Rechunk(mode="coalesce", count=2, pause_ms=70)
    first, second = (
        Send(a.data + b.data, a.event, "e") for a, b in ((E0, E1), (E2, E3))
    )
    made = struck(fault, [E0, E1, E2, E3, Finish()])
    assert made == [first, Pause(0.07), second, Finish()]


def test_all_goes_out_before_the_end() -> None:
    """With count 0 everything arrives at once, as behind a proxy that buffers."""
    *waits, last, end = struck(Rechunk(mode="coalesce"))
    assert waits == [HEAD, W1, W2, W3]
    assert last == Send(b"".join(e.data for e in (E0, E1, E2, E3)), 0, "e")
    assert end == Finish()


def test_nothing_is_held_back_at_a_gate() -> None:
    """Another fault's gate stands where it stood: held bytes go out before it."""
    made = struck(Rechunk(mode="coalesce"), [E0, Gate("f2"), E1])
    assert made == [E0, Gate("f2"), E1]


def test_the_proof_depends_on_the_mode() -> None:
    """Cut pieces and merged events leave different traces."""
    assert {Rechunk(mode="bytes").proof, Rechunk(mode="mid_char").proof} == {"split"}
    assert Rechunk(mode="coalesce").proof == "merged"


@given(texts=ANY)
def test_other_line_ends_say_the_same(texts: list[str]) -> None:
    """Put back to LF, the bytes are the recorded ones; only line ends differ."""
    clean = [t.translate({10: None, 13: None}) or "x" for t in texts]
    steps = stream(clean)
    for style, end in (("crlf", b"\r\n"), ("cr", b"\r")):
        fault = LineEndings(style="crlf" if style == "crlf" else "cr")
        made = struck(fault, steps)
        assert sent(made).replace(end, b"\n") == sent(steps)
        assert waited(made) == waited(steps)


def test_line_ends_are_all_of_the_new_style() -> None:
    """No LF of the old style is left, and each event keeps its place in the log."""
    made = struck(LineEndings(style="cr"))
    assert b"\n" not in sent(made)
    assert [s.event for s in made if isinstance(s, Send)] == [0, 1, 2, 3]
    assert b"\r\n\r\n" in sent(struck(LineEndings()))


def test_cuts_no_more_events_than_asked() -> None:
    """With a number of events given, the later ones stay whole."""
    made = struck(Rechunk(size=99, events=1), [E0, E1])

    assert made[:-1] == struck(Rechunk(size=99), [E0])
    assert made[-1] == E1


def test_one_piece_tells_how_the_answer_ends_if_an_event_in_it_does() -> None:
    """Whoever reads it reads that event, too; but not if one of them is spoilt."""
    end = Send(b"end", 1, "e", role="terminal")
    whole = Rechunk(mode="coalesce")
    (joined,) = struck(whole, [E0, end])
    assert isinstance(joined, Send)
    assert (joined.event, joined.role, joined.says_truth) == (0, "terminal", True)
    (spoilt,) = struck(whole, [E0, end.altered(b"?")])
    assert isinstance(spoilt, Send)
    assert not spoilt.says_truth
