"""Faults that repeat, exchange, leave out, spoil or slip in events."""

import json

import pytest

from midstream.mock_server.core.faults.bom import Bom
from midstream.mock_server.core.faults.comments import Comments
from midstream.mock_server.core.faults.drop_event import DropEvent
from midstream.mock_server.core.faults.duplicate_event import DuplicateEvent
from midstream.mock_server.core.faults.foreign_event import ForeignEvent
from midstream.mock_server.core.faults.malformed_json import How, MalformedJson
from midstream.mock_server.core.faults.retry_field import RetryField
from midstream.mock_server.core.faults.swap_events import SwapEvents
from midstream.mock_server.core.faults.unknown_event import UnknownEvent
from midstream.mock_server.core.steps import (
    Abort,
    Fault,
    Finish,
    Hold,
    Send,
    Step,
)
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
    struck,
    waited,
)

COMMENT = Send(b": keep-alive\n\n")
COMMENTED: list[Step] = [
    *(HEAD, COMMENT, E0, W1, COMMENT, E1, W2, COMMENT, E2, W3, COMMENT, E3),
    Finish(),
]
ORDERS: dict[str, tuple[Fault, list[Step]]] = {
    "once more": (DuplicateEvent(), [HEAD, E0, E0, *STEPS[2:]]),
    "twice more": (DuplicateEvent(copies=2), [HEAD, E0, E0, E0, *STEPS[2:]]),
    "exchanged": (SwapEvents(), [HEAD, W1, E1, E0, *STEPS[4:]]),
    "one left out": (DropEvent(), [HEAD, *STEPS[2:]]),
    "two left out": (DropEvent(count=2), [HEAD, W1, *STEPS[4:]]),
    "more left out than there are": (
        DropEvent(count=9),
        [HEAD, W1, W2, W3, Finish()],
    ),
    "a comment once": (Comments(every="once"), [HEAD, COMMENT, *STEPS[1:]]),
    "a comment always": (
        Comments(),
        COMMENTED,
    ),
    "a mark": (Bom(), [HEAD, Send(b"\xef\xbb\xbf"), *STEPS[1:]]),
    "a retry": (RetryField(retry_ms=7), [HEAD, Send(b"retry: 7\n\n"), *STEPS[1:]]),
    "an unknown event": (
        UnknownEvent(name="ping", data="{}"),
        [HEAD, Send(b"event: ping\ndata: {}\n\n"), *STEPS[1:]],
    ),
}


@pytest.mark.parametrize(("fault", "expected"), ORDERS.values(), ids=ORDERS)
def test_changes_this_and_leaves_the_rest(fault: Fault, expected: list[Step]) -> None:
    """The steps are exactly the ones promised, waits included."""
    assert struck(fault) == expected


ENDS: tuple[Step, ...] = (Finish(), Abort(), Hold())


@pytest.mark.parametrize("end", ENDS, ids=["finish", "abort", "hold"])
def test_the_last_event_cannot_be_exchanged(end: Step) -> None:
    """An event with none behind it is still sent, before the response ends."""
    assert struck(SwapEvents(), [E3, end]) == [E3, end]


def test_an_event_held_for_exchange_is_never_lost() -> None:
    """If the steps break off, the event held back is sent all the same."""
    assert struck(SwapEvents(), [E3, W1]) == [W1, E3]


def test_made_up_bytes_are_not_events() -> None:
    """What another fault made up is neither repeated, exchanged nor left out."""
    for fault in (DuplicateEvent(), SwapEvents(), DropEvent()):
        assert struck(fault, [COMMENT, E0, E1])[0] == COMMENT


def test_a_comment_never_stands_within_an_event() -> None:
    """Struck inside an event, comments begin before the next whole one."""
    rest = Send(E0.data[4:], 0, "e", 4)
    assert struck(Comments(), [rest, E1]) == [rest, COMMENT, E1]


def test_a_comment_may_be_part_of_an_events_block() -> None:
    """Without the blank line the comment opens the block of the event."""
    made = struck(Comments(is_block=False, every="once"), [E0])
    assert made == [Send(b": keep-alive\n"), E0]


SPOILT: dict[How, bytes] = {
    "cut": b'{"n',
    "garbage": b"}{ not JSON",
    "html": b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "twice": b'{"n":0}{"n":0}',
}


@pytest.mark.parametrize(("how", "data"), SPOILT.items(), ids=SPOILT)
def test_malformed_json_keeps_the_framing(how: How, data: bytes) -> None:
    """Only the data changes, it is no JSON, and it is still that event's."""
    made = struck(MalformedJson(how=how))
    bad = E0.altered(b"event: e\ndata: " + data + b"\n\n")
    assert made == [HEAD, bad, *STEPS[2:]]
    with pytest.raises(json.JSONDecodeError):
        json.loads(data)


def test_malformed_json_spoils_the_rest_of_an_event() -> None:
    """Struck inside the data, what is left of the event is spoilt."""
    rest = Send(b"0}\n\n", 0, "e", 20)
    made = struck(MalformedJson(how="garbage"), [rest])
    assert made == [rest.altered(b"}{ not JSON\n\n")]


def test_malformed_json_is_not_misled_by_text_that_looks_like_a_field() -> None:
    """The data begins at the first ``data:``, whatever stands in it."""
    told = event(0, data='{"v":"data: x"}')
    twice = event(0, data='{"v":"data: x"}{"v":"data: x"}')
    made = struck(MalformedJson(how="twice"), [told])
    assert made == [told.altered(twice.data)]


def test_the_foreign_delta_looks_like_a_true_one() -> None:
    """The delta is well formed and names a message that is not of this run."""
    made = struck(ForeignEvent(text="not yours"))[1]
    assert isinstance(made, Send)
    name, data = made.data.decode().split("\n")[:2]
    delta = json.loads(data.removeprefix("data: "))
    assert name == "event: thread.message.delta"
    assert delta["id"] == ForeignEvent().message
    assert delta["delta"]["content"][0]["text"]["value"] == "not yours"
    assert waited(struck(ForeignEvent())) == waited(STEPS)
