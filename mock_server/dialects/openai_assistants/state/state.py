"""What one session of the server holds: assistants, threads, messages, runs, steps.

Dictionaries keep the order of creation; that order, and not ``created_at``, is the
order of lists, since timestamps are whole seconds and several objects share one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Sink
from midstream.mock_server.core.segment import Segment

from . import events, truth
from .refusal import not_found
from .wire import Obj

if TYPE_CHECKING:
    from .script import Script

ACTIVE = frozenset({"queued", "in_progress", "requires_action", "cancelling"})
"""The statuses in which a run locks its thread."""


@dataclass(slots=True)
class Run:
    """A run: *obj* is the object of its last applied event; *steps* by id."""

    obj: Obj
    log: EventLog
    script: "Script"
    journal: Sink
    steps: dict[str, Obj] = field(default_factory=dict)

    def plan(self, segment: Segment, texts: truth.Texts) -> int:
        """Let the run say *segment* next, with *texts*; return its first event's index.

        The journal has it at once: what will be said, and what never will be.
        """
        run_id = self.log.run_id
        if self.log.planned:
            for said in truth.dropped_texts(run_id, self.log.unpublished()):
                self.journal(said)
        for said in truth.planned_texts(run_id, texts):
            self.journal(said)
        return self.log.plan(segment)

    @property
    def status(self) -> str:
        """The status the last event gave it."""
        return str(self.obj["status"])

    @property
    def is_active(self) -> bool:
        """Whether it locks its thread."""
        return self.status in ACTIVE


@dataclass(slots=True)
class Thread:
    """A thread with its messages, as the stream shows them, and its runs, by id."""

    obj: Obj
    messages: dict[str, Obj] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def apply(self) -> None:
        """Bring the state up to date with the published events."""
        for run in self.runs.values():
            events.apply_all(self, run)

    @property
    def active_run(self) -> str | None:
        """The id of the run that locks the thread, if any."""
        return next((key for key, run in self.runs.items() if run.is_active), None)

    def run(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RefusedError: No run has this id.
        """
        if run_id not in self.runs:
            raise not_found("run", run_id)
        return self.runs[run_id]

    def message(self, message_id: str) -> Obj:
        """Return a message.

        Raises:
            RefusedError: No message has this id.
        """
        if message_id not in self.messages:
            raise not_found("message", message_id)
        return self.messages[message_id]


@dataclass(slots=True)
class State:
    """Everything that one session holds, in order of creation."""

    assistants: dict[str, Obj] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    runs: list[tuple[Thread, Run]] = field(default_factory=list)
    """All runs ever created, also those of deleted threads, which go on."""

    def thread(self, thread_id: str) -> Thread:
        """Return a thread, up to date with the published events.

        Raises:
            RefusedError: No thread has this id.
        """
        if thread_id not in self.threads:
            raise not_found("thread", thread_id)
        thread = self.threads[thread_id]
        thread.apply()
        return thread

    def applied(self) -> Iterator[tuple[Thread, Run]]:
        """Yield all runs with their threads, each up to date with its events."""
        for thread, run in self.runs:
            events.apply_all(thread, run)
            yield thread, run

    def assistant(self, assistant_id: str) -> Obj:
        """Return an assistant.

        Raises:
            RefusedError: No assistant has this id.
        """
        if assistant_id not in self.assistants:
            raise not_found("assistant", assistant_id)
        return self.assistants[assistant_id]
