"""The legal order of one Assistants stream's events, and the run they belong to.

Source: docs/research/wire.md, Legal sequences, and what OpenAI's own helper enforces:

    stream  := [thread.created] [run.created] [step.completed]   (submit: the last only)
               ( run.* | step | message )*  terminal-run  done
    step    := created in_progress? delta* (completed | failed | cancelled | expired)
    message := created in_progress? delta* (completed | incomplete)

At most one step and one message are open, the message inside the step that creates
it. A step of tool calls stays open when the run stops for the user's functions, and
is completed at the head of the stream that goes on. The status inside a run may
differ from the event's name: the real server was recorded doing that.
"""

from .events import (
    Data,
    DisorderError,
    RecordedMessage,
    RecordedMessageDelta,
    RecordedRun,
    RecordedStep,
    RecordedStepDelta,
    RecordedThread,
)

_STOPS = frozenset(
    {
        "thread.run.completed",
        "thread.run.incomplete",
        "thread.run.failed",
        "thread.run.cancelled",
        "thread.run.expired",
        "thread.run.requires_action",
    }
)
_GOES_ON = ("in_progress", "delta")


class Grammar:
    """Reads one stream event by event and refuses the first illegal event."""

    def __init__(self) -> None:
        """Start before the first event."""
        self._count = 0
        self._ids: dict[str, str] = {}
        self._step: RecordedStep | None = None
        self._message: RecordedMessage | None = None
        self._ended_by: str | None = None

    def feed(self, name: str, data: Data) -> None:
        """Take the next event.

        Raises:
            DisorderError: It is not allowed here.
        """
        self._refuse_after_end(name)
        match data:
            case RecordedRun():
                self._run(name, data)
            case RecordedStep() | RecordedStepDelta():
                self._feed_step(name, data)
            case RecordedMessage() | RecordedMessageDelta():
                self._feed_message(name, data)
            case RecordedThread():
                self._is_first(name, after=0)
                self._same("thread", data.id)
            case _:
                self._ended_by = name
        self._count += 1

    def finish(self) -> None:
        """Check that the stream is complete.

        Raises:
            DisorderError: It has no end, or no event of a run.
        """
        if self._ended_by not in ("done", "error"):
            raise DisorderError("the stream does not end with done")
        if "run" not in self._ids:
            raise DisorderError("the stream has no event of a run")

    def _refuse_after_end(self, name: str) -> None:
        if self._ended_by == "done":
            raise DisorderError("no event may follow done")
        if self._ended_by and name != "done":
            raise DisorderError(f"only done may follow {self._ended_by}")
        if name == "done" and not self._ended_by:
            raise DisorderError("done must follow the event that ends the run")

    def _is_first(self, name: str, after: int) -> None:
        if self._count > after:
            raise DisorderError(f"{name} may come only at the head of a stream")

    def _same(self, kind: str, found: str) -> None:
        """Check that the stream is of one run and one thread."""
        if self._ids.setdefault(kind, found) != found:
            raise DisorderError(
                f"the event is of {kind} {found}, the stream of {self._ids[kind]}"
            )

    def _run(self, name: str, run: RecordedRun) -> None:
        self._same("run", run.id)
        self._same("thread", run.thread_id)
        if name == "thread.run.created":
            self._is_first(name, after=1)
        if name in _STOPS:
            self._stop(name)

    def _stop(self, name: str) -> None:
        """End the run; only tool calls that wait for outputs may stay open."""
        self._ended_by = name
        waits = name == "thread.run.requires_action"
        if self._step and not (waits and _type(self._step) == "tool_calls"):
            raise DisorderError(f"step {self._step.id} is still open")

    def _feed_step(self, name: str, step: RecordedStep | RecordedStepDelta) -> None:
        verb = name.rpartition(".")[2]
        if isinstance(step, RecordedStep):
            self._same("run", step.run_id)
            self._same("thread", step.thread_id)
        if verb == "created" and isinstance(step, RecordedStep):
            if self._step:
                raise DisorderError(f"step {self._step.id} is still open")
            self._step = step
            return
        if not (self._count == 0 and verb == "completed"):
            self._is_open("step", self._step, step.id)
        if verb not in _GOES_ON:
            self._close_step()

    def _close_step(self) -> None:
        if self._message:
            raise DisorderError(f"message {self._message.id} is still open")
        self._step = None

    def _feed_message(
        self, name: str, message: RecordedMessage | RecordedMessageDelta
    ) -> None:
        verb = name.rpartition(".")[2]
        if isinstance(message, RecordedMessage):
            self._same("thread", message.thread_id)
            self._same("run", message.run_id or "")
        if verb == "created" and isinstance(message, RecordedMessage):
            self._open_message(message)
            return
        self._is_open("message", self._message, message.id)
        if verb not in _GOES_ON:
            self._message = None

    def _open_message(self, message: RecordedMessage) -> None:
        """Open *message*, which the open step must have announced."""
        if self._message:
            raise DisorderError(f"message {self._message.id} is still open")
        creation = self._step and self._step.step_details.message_creation
        if not creation or creation.message_id != message.id:
            raise DisorderError(f"no open step creates message {message.id}")
        self._message = message

    @staticmethod
    def _is_open(
        kind: str, thing: RecordedStep | RecordedMessage | None, found: str
    ) -> None:
        if thing is None or thing.id != found:
            now = f"{thing.id} is" if thing else f"no {kind} is"
            raise DisorderError(f"{kind} {found} is not open; {now}")


def _type(step: RecordedStep) -> str:
    return step.step_details.type
