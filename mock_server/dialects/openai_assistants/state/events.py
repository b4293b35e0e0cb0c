"""State as a function of events: what each published event changes.

The same objects that are sent are stored, so that reading back always agrees with
the stream. Source of the accumulation rules: docs/research/wire.md, Delta payloads.
"""

from copy import deepcopy
from typing import Any, Protocol

from midstream.mock_server.core.event_log import EventLog

from .wire import Obj

_GROWING = frozenset({"value", "arguments", "input", "refusal", "logs"})
"""The strings that a delta continues; all others it replaces."""


class _Thread(Protocol):
    """What events change of a thread."""

    messages: dict[str, Obj]


class _Run(Protocol):
    """What events change of a run, and its log, which has them."""

    obj: Obj
    steps: dict[str, Obj]
    log: EventLog


def apply_all(thread: _Thread, run: _Run) -> None:
    """Update *thread* and *run* by what the run has published since the last call."""
    for entry in run.log.take_unapplied():
        if entry.payload is not None:
            apply(thread, run, entry.payload)


def apply(thread: _Thread, run: _Run, payload: Obj) -> None:
    """Update *thread* and *run* by one event's *payload*."""
    match payload.get("object"):
        case "thread.run":
            run.obj = payload
        case "thread.run.step":
            run.steps[payload["id"]] = deepcopy(payload)
        case "thread.run.step.delta":
            _merge(run.steps[payload["id"]], payload["delta"])
        case "thread.message":
            _put(thread, payload)
        case "thread.message.delta" if payload["id"] in thread.messages:
            _merge(thread.messages[payload["id"]], payload["delta"])


def _put(thread: _Thread, payload: Obj) -> None:
    """Store a message; metadata that a client has set meanwhile stays."""
    known = thread.messages.get(payload["id"])
    message = deepcopy(payload)
    if known is not None:
        message["metadata"] = known["metadata"]
    thread.messages[payload["id"]] = message


def _merge(base: Obj, delta: Obj) -> None:
    """Add *delta* to *base*, in place."""
    for key, value in delta.items():
        have = base.get(key)
        if key == "index":
            continue
        if isinstance(value, list):
            _merge_list(base.setdefault(key, []), value)
        elif isinstance(value, dict) and isinstance(have, dict):
            _merge(have, value)
        elif isinstance(value, str) and isinstance(have, str) and key in _GROWING:
            base[key] = have + value
        else:
            base[key] = deepcopy(value)


def _merge_list(base: list[Any], delta: list[Any]) -> None:
    """Merge items by their ``index``; an item with a new index is appended."""
    for item in delta:
        index = item["index"]
        if index < len(base):
            _merge(base[index], item)
        else:
            base.append({})
            _merge(base[-1], item)
