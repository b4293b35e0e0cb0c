from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from midstream.mock_server.core.position import Byte, Position, inject
from midstream.mock_server.core.steps import (
    Abort,
    Fault,
    Finish,
    Fired,
    Head,
    Send,
    Step,
)

HEAD = Head(200, {})
A0 = Send(b"abcd", 0, "a")
B1 = Send("b\u00e9\u20ac".encode(), 1, "b")
A2 = Send(b"efgh", 2, "a")
STEPS: list[Step] = [HEAD, A0, B1, A2, Finish()]
FIRED = Fired("f1")


def fault_seeing(seen: list[Step]) -> Fault:
    """Return a fault that notes all it is given and closes."""

    def fault(steps: Iterator[Step]) -> Iterator[Step]:
        seen.extend(steps)
        yield Abort()

    return fault


def struck(at: Position) -> tuple[list[Step], list[Step]]:
    """Return the steps performed, and those the fault was given."""
    seen: list[Step] = []
    return list(inject(at, "f1", fault_seeing(seen), iter(STEPS))), seen


PLACES: dict[str, tuple[Position, list[Step], list[Step]]] = {
    "the head": (Position(), [], STEPS),
    "the first of a name": (Position(event="a"), [HEAD], STEPS[1:]),
    "the second of a name": (
        Position(event="a", nth=2),
        [HEAD, A0, B1],
        [A2, Finish()],
    ),
    "inside an event": (
        Position(event="a", byte=1),
        [HEAD, A0.piece(0, 1)],
        [Send(b"bcd", 0, "a", 1), *STEPS[2:]],
    ),
    "right behind an event": (
        Position(event="a", byte="end"),
        [HEAD, A0],
        STEPS[2:],
    ),
    "beyond an event's end": (Position(event="a", byte=99), [HEAD, A0], STEPS[2:]),
    "inside a character": (
        Position(event="b", byte="mid_char"),
        [HEAD, A0, B1.piece(0, 2)],
        [Send(b"\xa9\xe2\x82\xac", 1, "b", 2), *STEPS[3:]],
    ),
    "half-way where no character is wide": (
        Position(event="a", byte="mid_char"),
        [HEAD, A0.piece(0, 2)],
        [Send(b"cd", 0, "a", 2), *STEPS[2:]],
    ),
}


@pytest.mark.parametrize(("at", "before", "rest"), PLACES.values(), ids=PLACES)
def test_cuts_the_response_at_the_position(
    at: Position, before: list[Step], rest: list[Step]
) -> None:
    """What lies before passes unchanged, and the fault is given all the rest."""
    made, seen = struck(at)
    assert made == [*before, FIRED, Abort()]
    assert seen == rest


@pytest.mark.parametrize(
    "at", [Position(event="c"), Position(event="a", nth=3)], ids=["name", "count"]
)
def test_does_not_fire_where_the_position_never_comes(at: Position) -> None:
    """Without the event the response passes unchanged and nothing fires."""
    made, seen = struck(at)
    assert made == STEPS
    assert not seen


def test_counts_an_event_once_however_many_pieces_it_has() -> None:
    """The second piece of an event is not a second event."""
    pieces = [Send(b"ab", 0, "a"), Send(b"cd", 0, "a", 2), A2]
    at = Position(event="a", nth=2)
    made = list(inject(at, "f1", fault_seeing([]), iter(pieces)))
    assert made == [*pieces[:2], FIRED, Abort()]


def test_pulls_no_more_than_it_passes() -> None:
    """Everything before the position is handed on before more is asked for."""

    def live() -> Iterator[Step]:
        yield A0
        raise AssertionError("pulled too early")

    made = inject(Position(event="b"), "f1", fault_seeing([]), live())
    assert next(made) == A0


@pytest.mark.parametrize("byte", [0, 1, 2, 4, "end", "mid_char"])
def test_loses_no_byte(byte: Byte) -> None:
    """A fault that passes all it is given makes no difference to the bytes."""

    def passing(steps: Iterator[Step]) -> Iterator[Step]:
        return steps

    made = inject(Position(event="a", byte=byte), "f1", passing, iter(STEPS))
    data = [s.data for s in made if isinstance(s, Send)]
    assert b"".join(data) == A0.data + B1.data + A2.data
    assert all(data)


ATTEMPTS = {
    "the first by default": (Position(), [1]),
    "one later": (Position(attempt=3), [3]),
    "several in a row": (Position(attempt=2, times=2), [2, 3]),
    "all from there on": (Position(attempt=2, times=0), [2, 3, 4]),
}


@pytest.mark.parametrize(("at", "expected"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_includes_the_attempts_asked_for(at: Position, expected: list[int]) -> None:
    """Attempts count from 1; *times* says how many in a row, 0 all."""
    assert [n for n in range(1, 5) if at.includes(n)] == expected


IMPOSSIBLE: list[dict[str, Any]] = [
    {"attempt": 0},
    {"times": -1},
    {"event": "a", "nth": 0},
    {"event": "a", "byte": -1},
    {"event": "a", "byte": "middle"},
]


@pytest.mark.parametrize("raw", IMPOSSIBLE, ids=str)
def test_refuses_places_that_are_none(raw: dict[str, Any]) -> None:
    """Counts begin at 1, offsets at 0, and words are "end" or "mid_char"."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, Position)
