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


class _Growth:
    """The strings that deltas continue, in pieces.

    A string that is continued is copied: token by token, an answer would cost the
    square of its length. So all that is new of it is added in one go.
    """

    def __init__(self) -> None:
        self._pieces: dict[tuple[int, str], tuple[Obj, list[str]]] = {}

    def add(self, base: Obj, key: str, value: str) -> None:
        """Continue the string *key* of *base* by *value*, once `finish` is called."""
        _, pieces = self._pieces.setdefault((id(base), key), (base, [base[key]]))
        pieces.append(value)

    def finish(self) -> None:
        """Put the pieces together."""
        for (_, key), (base, pieces) in self._pieces.items():
            base[key] = "".join(pieces)


def apply_all(thread: _Thread, run: _Run) -> None:
    """Update *thread* and *run* by what the run has published since the last call."""
    growth = _Growth()
    for entry in run.log.take_unapplied():
        if entry.payload is not None:
            _apply(thread, run, entry.payload, growth)
    growth.finish()


def _apply(thread: _Thread, run: _Run, payload: Obj, growth: _Growth) -> None:
    """Update *thread* and *run* by one event's *payload*."""
    match payload.get("object"):
        case "thread.run":
            run.obj = payload
        case "thread.run.step":
            run.steps[payload["id"]] = deepcopy(payload)
        case "thread.run.step.delta":
            _merge(run.steps[payload["id"]], payload["delta"], growth)
        case "thread.message":
            _put(thread, payload)
        case "thread.message.delta" if payload["id"] in thread.messages:
            _merge(thread.messages[payload["id"]], payload["delta"], growth)


def _put(thread: _Thread, payload: Obj) -> None:
    """Store a message; metadata that a client has set meanwhile stays."""
    known = thread.messages.get(payload["id"])
    message = deepcopy(payload)
    if known is not None:
        message["metadata"] = known["metadata"]
    thread.messages[payload["id"]] = message


def _merge(base: Obj, delta: Obj, growth: _Growth) -> None:
    """Add *delta* to *base*, in place."""
    for key, value in delta.items():
        have = base.get(key)
        if key == "index":
            continue
        if isinstance(value, list):
            _merge_list(base.setdefault(key, []), value, growth)
        elif isinstance(value, dict) and isinstance(have, dict):
            _merge(have, value, growth)
        elif isinstance(value, str) and isinstance(have, str) and key in _GROWING:
            growth.add(base, key, value)
        else:
            base[key] = deepcopy(value)


def _merge_list(base: list[Any], delta: list[Any], growth: _Growth) -> None:
    """Merge items by their ``index``; an item with a new index is appended."""
    for item in delta:
        index = item["index"]
        if index < len(base):
            _merge(base[index], item, growth)
        else:
            base.append({})
            _merge(base[-1], item, growth)
