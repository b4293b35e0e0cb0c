"""Faults about how a stream ends, or fails to."""

import json

import pytest

from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.faults.early_end import EarlyEnd
from midstream.mock_server.core.faults.error_event import ErrorEvent
from midstream.mock_server.core.faults.hold_open_after_done import HoldOpenAfterDone
from midstream.mock_server.core.faults.stall import Stall
from midstream.mock_server.core.steps import Abort as AbortStep
from midstream.mock_server.core.steps import Fault, Finish, Hold, Pause, Step
from tests.mock_server.core.faults.helpers_steps import STEPS, sent, struck

REST = STEPS[1:]
ENDS: dict[str, tuple[Fault, list[Step]]] = {
    "abort by FIN": (AbortFault(), [AbortStep("fin")]),
    "abort by RST": (AbortFault(how="rst"), [AbortStep("rst")]),
    "early end": (EarlyEnd(), [Finish()]),
    "stall for good": (Stall(), [Hold()]),
    "stall for a while": (Stall(seconds=0.5), [Pause(0.5), *REST]),
    "stall, then a reset": (
        Stall(seconds=0.5, then="rst"),
        [Pause(0.5), AbortStep("rst")],
    ),
    "hold after the end": (HoldOpenAfterDone(), [*REST[:-1], Hold()]),
}


@pytest.mark.parametrize(("fault", "expected"), ENDS.values(), ids=ENDS)
def test_ends_as_told(fault: Fault, expected: list[Step]) -> None:
    """What is sent from the position on is exactly what the fault promises."""
    assert struck(fault, REST) == expected


def test_a_passing_stall_loses_nothing() -> None:
    """A stall is disruptive for good or with an end; the other one ends by itself."""
    assert Stall().disruptive
    assert Stall(seconds=0.5, then="fin").disruptive
    assert not Stall(seconds=0.5).disruptive


def test_a_response_that_aborts_is_held_too() -> None:
    """Holding replaces any end, not only the proper one."""
    assert struck(HoldOpenAfterDone(), [AbortStep()]) == [Hold()]


def test_the_wrapped_error_has_an_event_line_and_a_wrapper() -> None:
    """The wrapped shape is what SDKs look for: a truthy ``error`` member."""
    lines = sent(struck(ErrorEvent(), REST)).decode().split("\n")
    assert lines[0] == "event: error"
    error = json.loads(lines[1].removeprefix("data: "))["error"]
    assert set(error) == {"code", "message", "param", "type"}


def test_the_flat_error_is_the_documented_one() -> None:
    """The flat shape has the error's fields at the top, and no wrapper."""
    lines = sent(struck(ErrorEvent(shape="flat"), REST)).decode().split("\n")
    assert lines[0] == "event: error"
    assert set(json.loads(lines[1].removeprefix("data: "))) == {
        "code",
        "message",
        "param",
        "type",
    }


def test_the_bare_error_has_no_event_line() -> None:
    """Without its event line the block is one data line and the blank one."""
    made = sent(struck(ErrorEvent(shape="bare"), REST))
    assert made.startswith(b'data: {"error":{')
    assert made.endswith(b"}\n\n")


@pytest.mark.parametrize(
    ("fault", "rest"),
    [
        (ErrorEvent(then="end"), [Finish()]),
        (ErrorEvent(then="hold"), [Hold()]),
        (ErrorEvent(then="continue"), list(REST)),
    ],
    ids=["end", "hold", "continue"],
)
def test_what_follows_an_error_event(fault: ErrorEvent, rest: list[Step]) -> None:
    """After the error the response ends, is held, or goes on as if nothing were."""
    first, *after = struck(fault, REST)
    assert after == rest
    assert getattr(first, "event", 0) is None


def test_an_error_event_that_goes_on_loses_nothing() -> None:
    """Whoever ignores an error event in a stream that goes on has lost nothing."""
    assert ErrorEvent(then="end").disruptive
    assert not ErrorEvent(then="continue").disruptive
