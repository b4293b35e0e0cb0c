from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from midstream.mock_server.core.faults import FAULTS, FaultSpec
from midstream.mock_server.core.position import Position, inject
from midstream.mock_server.core.steps import Finish, Head, Send, Step
from tests.mock_server.core.faults.helpers_steps import (
    E1,
    E2,
    HEAD,
    STEPS,
    event,
    performed,
    struck,
    worded,
)

PROOFS = {
    "status",
    "no_head",
    "cut",
    "early_end",
    "gap",
    "foreign_bytes",
    "altered",
    "duplicate",
    "swap",
    "missing",
    "split",
    "merged",
    "held",
    "compressed",
}
ARGS: dict[str, list[dict[str, Any]]] = {
    "rechunk": [{}, {"mode": "mid_char"}, {"mode": "coalesce"}],
    "stall": [{}, {"seconds": 0.5}, {"seconds": 0.5, "then": "fin"}],
    "error_event": [{"then": "end"}, {"then": "hold"}, {"then": "continue"}],
    "comments": [{}, {"every": "once"}],
    "compress": [{}, {"flush": "end"}, {"flush": "end", "cut": True}],
}
FORMS = [(n, a) for n in FAULTS for a in ARGS.get(n, [{}])]
IDS = [f"{name} {args or ''}".strip() for name, args in FORMS]


def build(name: str, args: dict[str, Any]) -> FaultSpec:
    """Make the fault called *name* of its settings, as the harness does."""
    return msgspec.convert(args, FAULTS[name])


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_never_runs_ahead_of_the_run(name: str, args: dict[str, Any]) -> None:
    """No fault asks for an event before the wait for it has been performed."""
    assert performed(build(name, args))


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_changes_something(name: str, args: dict[str, Any]) -> None:
    """On events with a wide character and a word, no fault leaves all as it was."""
    wide = Send('event: e\ndata: {"v":"é"}\n\n'.encode(), 0, "e")
    said = '{"delta":{"content":[{"index":0,"type":"text","text":{"value":"ab"}}]}}'
    steps = (HEAD, wide, E1, E2, event(3, "thread.message.delta", said), Finish())
    assert struck(build(name, args), steps) != list(steps)


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_leaves_what_is_before_its_position_alone(
    name: str, args: dict[str, Any]
) -> None:
    """Struck at the second event, a fault has no say on what comes before it."""
    fault = worded(build(name, args))
    steps = inject(Position(event="e", nth=2), "f1", fault, iter(STEPS))
    made: Iterator[Step] = iter(list(steps))
    assert [next(made) for _ in range(3)] == list(STEPS[:3])


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_ends_where_the_response_ends_without_a_word(
    name: str, args: dict[str, Any]
) -> None:
    """A response that breaks off without an end is no reason to raise or to loop."""
    assert len(performed(build(name, args), [HEAD])) <= 4


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_sends_no_body_before_a_head(name: str, args: dict[str, Any]) -> None:
    """Struck at the head, a fault begins with one, or sends nothing at all."""
    made = struck(build(name, args))
    body = [i for i, step in enumerate(made) if isinstance(step, Send | Finish)]
    heads = [i for i, step in enumerate(made) if isinstance(step, Head)]
    assert len(heads) == bool(body)
    assert not body or heads[0] < body[0]


@pytest.mark.parametrize(("name", "args"), FORMS, ids=IDS)
def test_says_how_it_is_proven(name: str, args: dict[str, Any]) -> None:
    """Each fault names a known proof, and says whether it commits and disrupts."""
    fault = build(name, args)
    assert fault.proof in PROOFS
    assert isinstance(fault.disruptive, bool)
    assert isinstance(fault.commits, bool)


@pytest.mark.parametrize("name", list(FAULTS))
def test_refuses_settings_it_does_not_have(name: str) -> None:
    """A setting misspelt is an error, never ignored."""
    with pytest.raises(msgspec.ValidationError, match="unknown field `sekonds`"):
        build(name, {"sekonds": 1})


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "a status no response has": ("http_status", {"status": 99}, "200 to 599"),
    "an interim status": ("http_status", {"status": 100}, "200 to 599"),
    "a wait before now": ("retry_after", {"wait_s": -1}, "0 or more seconds"),
    "a wait without end": ("retry_after", {"wait_s": float("inf")}, "0 or more"),
    "a silence before now": ("stall", {"seconds": -0.1}, "or more"),
    "an end behind a silence for good": ("stall", {"then": "rst"}, "above 0"),
    "no copy at all": ("duplicate_event", {"copies": 0}, "1 or more"),
    "no event to drop": ("drop_event", {"count": 0}, "1 or more"),
    "pieces of nothing": ("rechunk", {"size": 0}, "1 or more bytes"),
    "fewer than no events": ("rechunk", {"events": -1}, "0 .all. or more"),
    "one event in one piece": ("rechunk", {"count": 1}, "at least 2"),
    "a pause before now": ("rechunk", {"pause_ms": -1}, "0 or more"),
    "a comment of two lines": ("comments", {"text": "a\nb"}, "single line"),
    "an event name of two lines": ("unknown_event", {"name": "a\rb"}, "one line"),
    "data of two lines": ("unknown_event", {"data": "a\nb"}, "one line"),
    "reconnecting before now": ("retry_field", {"retry_ms": -1}, "0 or more"),
}


@pytest.mark.parametrize(("name", "args", "remedy"), BAD.values(), ids=BAD)
def test_refuses_what_cannot_be_done(
    name: str, args: dict[str, Any], remedy: str
) -> None:
    """An impossible setting is refused with what would be right."""
    with pytest.raises(msgspec.ValidationError, match=remedy):
        build(name, args)
