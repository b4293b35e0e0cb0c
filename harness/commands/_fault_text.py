"""One fault of a scenario as a phrase: what happens where. Defaults are left out."""

from collections.abc import Iterator
from typing import cast

import msgspec
from msgspec.structs import FieldInfo

from midstream.harness.path.planned_fault import PlannedFault
from midstream.harness.plain_text import ordinal
from midstream.scenarios import FaultEntry
from midstream.scenarios.schema import At


def fault_text(entry: FaultEntry, planned: PlannedFault) -> str:
    """Return the phrase for *entry*, which was resolved to *planned*.

    Such as "f1 cut (end = rst): right after the first text event in
    the answer to the first generate request".
    """
    armed = planned.armed
    settings = "; ".join(_settings(planned, is_placed=entry.at is not None))
    what = f"{armed.kind} ({settings})" if settings else armed.kind
    where = "on every connection, from the start"
    if planned.position is not None:
        where = _place(entry.at or At())
    unless = ", if reached" if armed.if_reached else ""
    proof = "" if armed.proof == armed.kind else f"; proof: {armed.proof}"
    return f"{armed.id} {what}: {where}{unless}{proof}"


def _settings(planned: PlannedFault, *, is_placed: bool) -> Iterator[str]:
    """Yield each setting that is not the default; the byte of a place is said there."""
    thing = planned.server if planned.toxic is None else planned.toxic
    for field in msgspec.structs.fields(cast("msgspec.Struct", thing)):
        value = getattr(thing, field.name)
        is_said = field.name == "byte" and is_placed
        if value != _default(field) and not is_said:
            text = value if isinstance(value, str) else _json(value)
            yield f"{field.name} = {text}"


def _default(field: FieldInfo) -> object:
    has_factory = field.default_factory is not msgspec.NODEFAULT
    return field.default_factory() if has_factory else field.default


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _place(at: At) -> str:
    """Say where a fault strikes."""
    request = f"the answer to {_requests(at)}"
    if at.event is None:
        return f"at the head of {request}"
    event = f"the {ordinal(at.nth)} {at.event} event in {request}"
    match at.byte:
        case 0:
            return f"right before {event}"
        case "end":
            return f"right after {event}"
        case "mid_char":
            return f"inside a character of {event}"
        case _:
            return f"after byte {at.byte} of {event}"


def _requests(at: At) -> str:
    """Say which requests are struck."""
    first = ordinal(at.attempt)
    if at.times == 1:
        return f"the {first} {at.on} request"
    if not at.times:
        since = "" if at.attempt == 1 else f" from the {first} on"
        return f"every {at.on} request{since}"
    last = ordinal(at.attempt + at.times - 1)
    return f"the {first} to the {last} {at.on} request"
