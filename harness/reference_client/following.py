"""Follows a run to the point where it rests: by its stream, by polling, by lists.

A run rests when it has ended or waits for tools. A follower starts nothing and submits
nothing: it only reads what the server says.
"""

from midstream.harness.record.ops import ClientError, Op

from .asking import Asker, GaveUpError
from .assembler import Assembler
from .decoder import Decoder
from .errors import DriverError, EventTooLargeError
from .limits import Limits, Watch
from .reading import Reader
from .retry import poll_after_s
from .transcript import Transcript
from .values import (
    Answer,
    Bytes,
    Emit,
    ReadMore,
    Relay,
    Script,
    StreamEnded,
    StreamStarted,
    TimedOut,
)
from .wire import WireMessage, WireRun


class RunFollower:
    """Follows one turn's run.

    Args:
        seen: The state of the run, which the follower updates.
        reader: Reads the thread.
        asker: Waits between polls.
        transcript: Receives the text.
        limits: How long and how often the client tries.
        watch: The clock.
    """

    def __init__(  # noqa: PLR0913 - the parts of a turn, each given once
        self,
        seen: Assembler,
        *,
        reader: Reader,
        asker: Asker,
        transcript: Transcript,
        limits: Limits,
        watch: Watch,
    ) -> None:
        self._seen = seen
        self._reader = reader
        self._asker = asker
        self._transcript = transcript
        self._limits = limits
        self._watch = watch

    def follow(self, begun: WireRun | StreamStarted) -> Script[None]:
        """Read a stream until the run rests or the stream ends; just adopt a run."""
        if isinstance(begun, WireRun):
            self._seen.is_doubtful = True
            self._seen.adopt(begun)
            return
        self._seen.begin_stream()
        try:
            trouble = yield from self._read(Decoder(self._limits.event_chars))
        except EventTooLargeError as error:
            trouble = str(error)
        if trouble:
            self._seen.is_doubtful = True
            yield Emit(ClientError(text=trouble))

    def _read(self, decoder: Decoder) -> Script[str | None]:
        """Read until the run rests.

        Returns:
            Why the stream ended before that; None if the run rests.

        Raises:
            EventTooLargeError: The stream sent an event that is too long.
        """
        remaining_s = self._watch.remaining_s
        while not self._seen.is_at_rest:
            idle_s = min(self._limits.idle_s, remaining_s)
            answer = yield ReadMore(idle_s)
            if not isinstance(answer, Bytes):
                return _why_no_more(answer, idle_s)
            for event in decoder.feed(answer.data):
                yield Relay(event, self._seen.take(event))
                if self._seen.is_at_rest:
                    return None
                if self._seen.error:
                    return f"the stream reports an error: {self._seen.error}"
                if self._seen.is_done:
                    return "the stream says [DONE] before the run has ended"
            remaining_s = self._watch.remaining_s
            if not remaining_s:
                return "time is up"
        return None

    def poll(self, run_id: str) -> Script[None]:
        """Poll the run until it rests.

        Raises:
            DeclinedError: The server refuses to show it.
            GaveUpError: Time is up.
        """
        self._seen.is_doubtful = True
        while True:
            run, response = yield from self._reader.run(run_id)
            self._seen.adopt(run)
            if self._seen.is_at_rest:
                return
            yield from self._asker.wait(poll_after_s(response, self._limits))

    def read_back(self, run: WireRun) -> Script[None]:
        """Show the messages of *run* as the server lists them.

        An incomplete list is read again.

        Raises:
            DeclinedError: The server refuses to list them.
            GaveUpError: Time is up, or a message that was streamed is never listed.
        """
        is_complete = run.status == "completed"
        for lag in range(self._limits.lag_max + 1):
            messages = yield from self._reader.answers(run.id)
            missing = self._seen.promised - {m.id for m in messages}
            is_short = not messages or any(
                self._transcript.outruns(m.id, m.parts) for m in messages
            )
            is_last = lag == self._limits.lag_max
            if not is_complete or not (missing or (is_short and not is_last)):
                yield from self._show(messages)
                return
            if not is_last:
                yield from self._asker.wait(self._limits.poll_s)
        raise GaveUpError("the server's list lacks a message that it has streamed")

    def _show(self, messages: list[WireMessage]) -> Script[None]:
        for message in messages:
            yield from _emit(self._transcript.settle(message.id, message.parts))
        self._transcript.arrange([m.id for m in messages])
        self._seen.confirm()


def _why_no_more(answer: Answer, idle_s: float) -> str:
    """Return why no bytes came, for an *answer* to `ReadMore` that is not `Bytes`.

    Raises:
        DriverError: *answer* does not fit a `ReadMore`.
    """
    match answer:
        case StreamEnded("torn", text):
            return f"the stream was torn off before the run ended: {text}"
        case StreamEnded():
            return "the stream ended before the run did"
        case TimedOut():
            return f"nothing came for {idle_s:g} s"
        case _:
            raise DriverError(f"a ReadMore cannot be answered by {answer!r}")


def _emit(ops: list[Op]) -> Script[None]:
    for op in ops:
        yield Emit(op)
