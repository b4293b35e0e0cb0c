"""Turns the events of one run into shown text and the state of the run.

Deltas carry neither sequence numbers nor run ids. So a delta counts only if another
event has shown that its message belongs to this run, and the completed message is the
truth. The assembler says whether events may be missing; `recovery.py` decides what to
do then.
"""

from dataclasses import dataclass, field

import msgspec

from midstream.harness.record.ops import Op

from .decoder import Event
from .transcript import Transcript
from .wire import (
    TERMINAL,
    ToolCall,
    WireMessage,
    WireMessageDelta,
    WireRun,
    WireStep,
    WireStepDelta,
    decode,
    error_in,
    error_text,
    has_key,
)

_EARLY_MAX = 10_000
"""The most deltas that may wait for their message to be created."""


@dataclass(slots=True)
class Draft:
    """The streamed part of a tool call: to be shown, never to be executed."""

    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> str:
        """The arguments so far, as JSON text that is usually incomplete."""
        return "".join(self.pieces)


class Assembler:
    """Takes the events of one turn's run, from one or more streams.

    Args:
        thread_id: The id of our thread; events of other threads are dropped.
        client_key: The key in the metadata of our run.
        transcript: Receives the text.

    Attributes:
        run: The last state of the run that was seen; None before the first.
        is_over: Whether the run has ended; the first terminal status counts.
        is_at_rest: Whether the server waits for us: the run is over or needs tools.
        error: The message of an ``error`` event; None if there was none.
        is_done: Whether ``[DONE]`` came, which proves nothing.
        is_doubtful: Whether events may be missing, so that the client must read back.
        drafts: The streamed tool calls, by step id and index.
    """

    def __init__(
        self, *, thread_id: str, client_key: str, transcript: Transcript
    ) -> None:
        self._thread_id = thread_id
        self._client_key = client_key
        self._transcript = transcript
        self._promised: set[str] = set()
        self._early: dict[str, list[WireMessageDelta]] = {}
        self._torn: set[str] = set()
        self._delivered: set[str] = set()
        self._is_confirmed = False
        # These two are needed at each event, and few events change the run.
        self.is_over = False
        self.is_at_rest = False
        self.run: WireRun | None = None
        self.error: str | None = None
        self.is_done = False
        self.is_doubtful = False
        self.drafts: dict[tuple[str, int], Draft] = {}

    def begin_stream(self) -> None:
        """Forget how the previous stream ended."""
        self.error, self.is_done = None, False

    def adopt(self, run: WireRun) -> None:
        """Take *run* as the state of the run, unless the run has ended before."""
        if not self.is_over:
            self._see(run)

    def _see(self, run: WireRun) -> None:
        self.run = run
        self.is_over = run.status in TERMINAL
        self.is_at_rest = self.is_over or bool(self.open_calls)

    @property
    def needs_reading(self) -> bool:
        """Whether the shown text may differ from the server's."""
        unsettled = [m for m in self._promised if not self._transcript.is_settled(m)]
        is_sure = self._promised and not (unsettled or self._early or self.is_doubtful)
        return not (is_sure or self._is_confirmed)

    def confirm(self) -> None:
        """Note that the messages are shown as the server lists them."""
        self._is_confirmed = True

    @property
    def promised(self) -> frozenset[str]:
        """The ids of messages that the run has certainly created."""
        return frozenset(self._promised)

    def deliver(self, call_ids: tuple[str, ...]) -> None:
        """Note that the server has the outputs of these calls."""
        self._delivered |= {*call_ids}
        self.is_at_rest = self.is_over or bool(self.open_calls)

    @property
    def open_calls(self) -> tuple[ToolCall, ...]:
        """The calls that the run waits for; none if all outputs were delivered.

        In that case the state that still asks for them is stale.
        """
        calls = self.run.calls if self.run else ()
        return calls if {c.id for c in calls} - self._delivered else ()

    def take(self, event: Event) -> list[Op]:
        """Take the next event; return the operations that it causes."""
        if self.is_over:
            return []
        if event.data == "[DONE]":
            self.is_done = True
            return []
        if event.kind == "thread.message.delta":  # as nearly all are
            return self._delta(decode(event.data, WireMessageDelta))
        # A gateway may report an error on a 200, with or without an event name, and
        # the provider's specification and its SDKs disagree on the wrapping.
        if _is_error(event):
            self.error = error_text(event.data) or "an error without a message"
            self.is_doubtful = True
            return []
        return self._take_known(event)

    def _take_known(self, event: Event) -> list[Op]:
        match event.kind.split("."):
            case ["thread", "run", "step", "delta"]:
                return self._step_delta(decode(event.data, WireStepDelta))
            case ["thread", "run", "step", _]:
                return self._step(decode(event.data, WireStep))
            case ["thread", "run", _]:
                return self._run(decode(event.data, WireRun))
            case ["thread", "message", name]:
                is_end = name in {"completed", "incomplete"}
                return self._message(decode(event.data, WireMessage), is_end=is_end)
            case ["message"]:
                # It may be an event of the API that has lost its name.
                return [] if _is_harmless(event.data) else self._unreadable()
            case _:
                return []

    def _unreadable(self) -> list[Op]:
        # Text may be missing, so nothing more is appended to open messages. The
        # completed message, or the list, closes the gap.
        self._torn |= {*self._early} | {
            m for m in self._promised if self._transcript.is_open(m)
        }
        self._early.clear()
        self.is_doubtful = True
        return []

    def _run(self, run: WireRun | None) -> list[Op]:
        if run is None:
            self.is_doubtful = True
        elif self._is_ours(run):
            # Trust the status, not the event's name: a recorded stream of 2024-04
            # ends in "thread.run.completed" with status "incomplete".
            self._see(run)
        return []

    def _is_ours(self, run: WireRun) -> bool:
        if run.thread_id != self._thread_id:
            return False
        if self.run:
            return run.id == self.run.id
        return has_key(run.metadata, self._client_key) or not (
            run.metadata and "client_key" in run.metadata
        )

    def _belongs(self, thread_id: str, run_id: str | None) -> bool:
        ours = self.run.id if self.run else None
        return thread_id == self._thread_id and run_id == ours and ours is not None

    def _step(self, step: WireStep | None) -> list[Op]:
        if step is None:
            self.is_doubtful = True
        elif self._belongs(step.thread_id, step.run_id) and step.message_id:
            self._promised.add(step.message_id)
        return []

    def _step_delta(self, delta: WireStepDelta | None) -> list[Op]:
        for call in delta.delta.step_details.tool_calls if delta else ():
            draft = self.drafts.setdefault((delta.id, call.index), Draft())  # type: ignore[union-attr]
            draft.id = call.id or draft.id
            if call.function:
                draft.name = call.function.name or draft.name
                draft.pieces.append(call.function.arguments or "")
        return []

    def _message(self, message: WireMessage | None, *, is_end: bool) -> list[Op]:
        if message is None:
            self.is_doubtful = True
            return []
        if message.role != "assistant":
            return []
        if not self._belongs(message.thread_id, message.run_id):
            self.is_doubtful |= self.run is None
            return []
        self._promised.add(message.id)
        early = self._early.pop(message.id, [])
        if is_end:
            return self._transcript.settle(message.id, message.parts)
        self._transcript.open(message.id)
        return [op for delta in early for op in self._delta(delta)]

    def _delta(self, delta: WireMessageDelta | None) -> list[Op]:
        if delta is None:
            return self._unreadable()
        if delta.id in self._torn:
            return []
        if not self._transcript.is_open(delta.id):
            return self._unopened(delta)
        ops: list[Op] = []
        for block in delta.delta.content:
            ops += self._transcript.append(delta.id, block.index, block.shown)
        return ops

    def _unopened(self, delta: WireMessageDelta) -> list[Op]:
        if self._transcript.is_settled(delta.id):
            return []
        # Its message may be another run's, or may not be created yet: the delta waits.
        waiting = self._early.setdefault(delta.id, [])
        if len(waiting) == _EARLY_MAX:
            return self._unreadable()
        waiting.append(delta)
        return []


class _Object(msgspec.Struct, frozen=True):
    object: str | None = None


def _is_error(event: Event) -> bool:
    if event.kind == "error":
        return True
    if event.kind.startswith("thread."):
        return False
    if event.kind != "message" and '"error"' not in event.data:
        return False
    return error_in(event.data) is not None


def _is_harmless(data: str) -> bool:
    """Say whether unnamed *data* is JSON and not an object of the API."""
    value = decode(data, _Object)
    return value is not None and not (value.object or "").startswith("thread.")
