"""Checks that a storm's faults exist, have reachable positions and possible numbers.

Pure: the server's answer is given as a count of events.
"""

from collections.abc import Mapping, Sequence

import msgspec

from midstream.explain import explain
from midstream.harness.load.errors import StormError
from midstream.mock_server import FAULTS, FaultSpec
from midstream.mock_server.core.errors import SettingsError, UnknownNameError
from midstream.mock_server.core.faults import fitted
from midstream.mock_server.core.shapes import Shapes

from .path_fault import PATH_FAULTS, PathCut
from .ranges import high, low, require_ordered, settle
from .storm import StormAt, StormFault

_ROUNDING = 1e-9


def check_faults(
    faults: Sequence[StormFault], events: Mapping[str, int], shapes: Shapes, place: str
) -> None:
    """Check the faults of one phase, which stand at *place* in the file.

    *events* maps each event to how often it occurs in an answer; *shapes* are how a
    fault says something in its API.

    Raises:
        StormError: A fault is impossible, or their parts exceed 1.
    """
    for index, fault in enumerate(faults):
        _check_fault(fault, events, shapes, f"{place}[{index}]")
    parts = sum(fault.part for fault in faults)
    if parts > 1 + _ROUNDING:
        raise StormError(
            f"{place}: the parts add up to {parts:g}; a conversation meets at most one "
            "fault, so they must not exceed 1"
        )


def _check_fault(
    fault: StormFault, events: Mapping[str, int], shapes: Shapes, place: str
) -> None:
    """Check a fault: its name, its position, and both ends of each range."""
    if fault.kind not in FAULTS and fault.kind not in PATH_FAULTS:
        unknown = UnknownNameError("fault", fault.kind, [*FAULTS, *PATH_FAULTS])
        raise StormError(f"{place}.kind: {unknown}")
    if fault.at is not None:
        _check_at(fault.kind, fault.at, events, f"{place}.at")
    require_ordered(fault.args, f"{place}.args")
    form = PATH_FAULTS.get(fault.kind) or FAULTS[fault.kind]
    for end in (low, high):
        try:
            made = msgspec.convert(settle(fault.args, end), form)
        except msgspec.ValidationError as error:
            raise StormError(explain(str(error), form, f"{place}.args")) from error
        if not isinstance(made, PathCut):
            _check_fits(made, fault.at, shapes, place)


def _check_fits(
    made: FaultSpec, at: StormAt | None, shapes: Shapes, place: str
) -> None:
    """Check that a server fault can act, and can say what it has to."""
    try:
        fitted(made, shapes, is_at_head=at is None or at.event is None)
    except SettingsError as error:
        raise StormError(f"{place}: {error}") from error


def _check_at(kind: str, at: StormAt, events: Mapping[str, int], place: str) -> None:
    """Check that the server's answer reaches the position."""
    if kind in PATH_FAULTS:
        raise StormError(
            f"{place}: {kind} is a path fault, which counts bytes and has no position; "
            "write args = { bytes = [low, high] }"
        )
    require_ordered(at.nth, f"{place}.nth")
    require_ordered(at.byte, f"{place}.byte")
    if at.event is None:
        return
    if at.event not in events:
        unknown = UnknownNameError("event of these cassettes", at.event, events)
        raise StormError(f"{place}.event: {unknown}")
    there, last = events[at.event], settle(at.nth, high)
    if last > there:
        raise StormError(
            f"{place}.nth: {last} is never reached; an answer has {there} events "
            f"{at.event}"
        )
