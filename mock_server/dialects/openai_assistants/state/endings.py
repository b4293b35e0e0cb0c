"""Ends a run before its recording does: cancelled by a client, or expired.

No recording shows this; the events are made from the schema.
Source: docs/research/wire.md, Legal sequences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from midstream.mock_server.core.segment import Entry, Segment

from . import truth
from .script import closed
from .state import Run, Thread
from .wire import DONE, Obj

_GAP_S = 0.05
"""Seconds between the events of an ending, at recorded pace."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The field values of one way to end; *reason* goes into the open message."""

    status: str
    stamp: str
    reason: str


CANCELLED = Ending("cancelled", "cancelled_at", "run_cancelled")
EXPIRED = Ending("expired", "expired_at", "run_expired")


def cancelling(run: Run) -> Segment:
    """Return the event that says a run is about to be cancelled."""
    obj = {**run.obj, "status": "cancelling", "required_action": None}
    return _said(run, [run.script.encode("thread.run.cancelling", obj)])


def rest(thread: Thread, run: Run, ending: Ending, now_s: int) -> Segment:
    """Return the events that end the open message, open step and run, and ``done``."""
    events = [*_message(thread, run, ending, now_s), *_step(run, ending, now_s)]
    events.append((f"thread.run.{ending.status}", _run(run, ending, now_s)))
    entries = [
        run.script.encode(name, obj, _GAP_S * i) for i, (name, obj) in enumerate(events)
    ]
    done = Entry(name="done", role="last", data=DONE, offset_s=_GAP_S * len(events))
    return _said(run, closed([*entries, done]))


def completed(run: Run, now_s: int) -> Segment:
    """Return the plain end of a run whose cassette has no further stream."""
    waiting = {**run.obj, "status": "queued", "required_action": None}
    ended = {**waiting, "completed_at": now_s, "expires_at": None}
    said = [("queued", waiting), ("in_progress", waiting), ("completed", ended)]
    entries = [
        run.script.encode(f"thread.run.{status}", {**obj, "status": status})
        for status, obj in said
    ]
    return _said(run, closed([*entries, Entry(name="done", role="last", data=DONE)]))


def _said(run: Run, entries: Sequence[Entry]) -> Segment:
    """Return *entries* as a segment, with what the journal says of them."""
    return Segment(entries, truth.effects(run.log.run_id, run.status, entries))


def _message(
    thread: Thread, run: Run, ending: Ending, now_s: int
) -> Iterator[tuple[str, Obj]]:
    for message in thread.messages.values():
        if message["run_id"] == run.obj["id"] and message["status"] == "in_progress":
            yield (
                "thread.message.incomplete",
                {
                    **message,
                    "status": "incomplete",
                    "incomplete_details": {"reason": ending.reason},
                    "incomplete_at": now_s,
                },
            )


def _step(run: Run, ending: Ending, now_s: int) -> Iterator[tuple[str, Obj]]:
    for step in run.steps.values():
        if step["status"] == "in_progress":
            over = {"status": ending.status, ending.stamp: now_s}
            yield f"thread.run.step.{ending.status}", {**step, **over}


def _run(run: Run, ending: Ending, now_s: int) -> Obj:
    obj = {**run.obj, "status": ending.status, "required_action": None}
    if ending.stamp in obj:
        obj[ending.stamp] = now_s
    return {**obj, "expires_at": None}
