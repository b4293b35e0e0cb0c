"""One turn, whatever the network does: ask, follow the run, read back what was missed.

A stream of Assistants v2 has no cursor and cannot be resumed, but its run goes on
without it, and all that the run creates can be read. So a turn is over only when the
client has seen a run object with a terminal status; ``[DONE]``, the end of the response
or silence prove nothing. A turn does no I/O and reads no clock: it is a script whose
commands a driver carries out (`values.py`).

Source: docs/research/wire.md, Recovery algorithm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from midstream.harness.record.ops import Claim, Notice, Settle

from .asking import Asker, DeclinedError, GaveUpError
from .assembler import Assembler
from .following import RunFollower
from .limits import Ledger, Limits, Watch
from .reading import Reader
from .retry import is_success
from .tools import Tools
from .transcript import Transcript
from .values import Call, Done, Emit, Response, Script
from .wire import TERMINAL, WireMessage, WireRun, active_run, has_key

_NOBODY = frozenset({401, 403, 404})
"""The statuses with which the server would refuse to cancel the run as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What one turn is to do.

    Attributes:
        turn: The number of the turn, 0 first.
        text: The user's message.
        thread_id: The id of the thread.
        client_key: The prefix of the keys of message and run. Keys go into metadata,
            which lists return: the API's only way to find out whether something was
            created before.
        run_body: The body of the request that starts the run.
    """

    turn: int
    text: str
    thread_id: str
    client_key: str
    run_body: Mapping[str, Any]

    @property
    def message_key(self) -> str:
        """The key in the metadata of the user's message."""
        return f"{self.client_key}-message"

    @property
    def run_key(self) -> str:
        """The key in the metadata of the run."""
        return f"{self.client_key}-run"


class Turn:
    """Carries out one intent.

    Args:
        intent: The turn.
        asker: Makes the requests.
        transcript: Receives the answer.
        limits: How long and how often the client tries.
        watch: The clock.
    """

    def __init__(
        self,
        intent: Intent,
        *,
        asker: Asker,
        transcript: Transcript,
        limits: Limits,
        watch: Watch,
    ) -> None:
        self._intent = intent
        self._asker = asker
        self._limits = limits
        self._watch = watch
        self._reader = Reader(asker, intent.thread_id)
        self._is_stream = bool(intent.run_body.get("stream"))
        self._seen = Assembler(
            thread_id=intent.thread_id,
            client_key=intent.run_key,
            transcript=transcript,
        )
        self._follower = RunFollower(
            self._seen,
            reader=self._reader,
            asker=asker,
            transcript=transcript,
            limits=limits,
            watch=watch,
        )
        self._tools = Tools(
            asker=asker, reader=self._reader, watch=watch, is_stream=self._is_stream
        )
        self._attempts: Ledger | None = None

    @property
    def is_over(self) -> bool:
        """Whether the server has said how the run ended."""
        return self._seen.is_over

    def script(self) -> Script[Done]:
        """Return the turn's script, which settles the turn exactly once."""
        self._watch.allow(self._limits.total_s - self._limits.grace_s)
        try:
            yield from self._say()
            yield from self._start()
            yield from self._work()
        except (DeclinedError, GaveUpError) as error:
            return (yield from self._give_up(error))
        return (yield from self._settle())

    def _say(self) -> Script[None]:
        """Add the user's message to the thread, once."""
        key = self._intent.message_key
        yield from self._asker.create(
            self._asker.ledger(),
            Call(
                what="add_message",
                method="POST",
                path=self._reader.messages_path,
                body={
                    "role": "user",
                    "content": self._intent.text,
                    "metadata": {"client_key": key},
                },
            ),
            WireMessage,
            lambda: self._reader.find_message(key),
        )

    def _start(self) -> Script[None]:
        """Start the run, once, and follow its stream."""
        ledger = self._attempts = self._asker.ledger()
        key = self._intent.run_key
        asked = self._intent.run_body
        call = Call(
            what="create_run",
            method="POST",
            path=self._reader.runs_path,
            body={
                **asked,
                "metadata": {**asked.get("metadata", {}), "client_key": key},
            },
            is_stream=self._is_stream,
        )
        while self._seen.run is None:
            try:
                begun = yield from self._asker.create(
                    ledger, call, WireRun, lambda: self._reader.find_run(key)
                )
            except DeclinedError as error:
                begun = yield from self._own_active_run(error)
            yield from self._follower.follow(begun)
            if self._seen.run is None:  # the stream named no run; there may be one
                found = yield from self._reader.find_run(key)
                if found:
                    self._seen.adopt(found)

    def _own_active_run(self, error: DeclinedError) -> Script[WireRun]:
        """Return the run that keeps the thread locked, if this turn has started it.

        Raises:
            DeclinedError: *error* names no run, or another one.
        """
        self._attempts = None  # refused, so this request has started no run
        name = active_run(str(error))
        if name is None:
            raise error
        run, _ = yield from self._reader.run(name)
        if not has_key(run.metadata, self._intent.run_key):
            raise error
        return run

    def _work(self) -> Script[None]:
        """Poll and run tools until the run has ended; then read back if in doubt."""
        while not self._seen.is_over:
            run_id = self._run.id
            if calls := self._seen.open_calls:
                begun = yield from self._tools.use(run_id, calls)
                self._seen.deliver(tuple(c.id for c in calls))
                yield from self._follower.follow(begun)
            else:
                yield from self._follower.poll(run_id)
        if self._seen.needs_reading:
            yield from self._follower.read_back(self._run)

    def _settle(self) -> Script[Done]:
        """Settle the turn with the status that the server gave the run."""
        run = self._run
        claim = TERMINAL[run.status]
        if claim == "complete":
            return (yield from self._end(claim, run.status))
        told = (f"the run has ended as {run.status}", run.complaint)
        reason = ": ".join(filter(None, told)).rstrip(".")
        notice = f"This answer is not complete: {reason}."
        return (yield from self._end(claim, reason, notice=notice))

    def _give_up(self, error: Exception) -> Script[Done]:
        """Look for the run once more, try to cancel it, and tell the user the truth."""
        self._watch.allow(self._limits.grace_s)
        is_nobody = isinstance(error, DeclinedError) and error.status in _NOBODY
        tail = ""
        if self._may_run:
            tail = " The run may still be running."
            if not is_nobody:
                tail = yield from self._abandon(tail)
        if self._seen.is_over and not self._seen.needs_reading:
            return (yield from self._settle())
        said = f"; the stream said: {self._seen.error}" if self._seen.error else ""
        reason = f"{error}{said}".rstrip(".")
        notice = f"No complete answer: {reason}.{tail}"
        return (yield from self._end("failed", reason, notice=notice))

    @property
    def _may_run(self) -> bool:
        if self._seen.run:
            return not self._seen.is_over
        return self._attempts is not None and self._attempts.was_sent

    def _abandon(self, otherwise: str) -> Script[str]:
        """Cancel the run, once; return what to tell the user about it."""
        try:
            if self._seen.run is None:
                found = yield from self._reader.find_run(self._intent.run_key)
                if found is None:
                    return ""
                self._seen.adopt(found)
            path = f"{self._reader.run_path(self._run.id)}/cancel"
            answer = yield from self._asker.once(
                self._asker.ledger(), Call(what="cancel", method="POST", path=path)
            )
            return (yield from self._fate(answer)) or otherwise
        except (DeclinedError, GaveUpError):
            return otherwise

    def _fate(self, answer: object) -> Script[str]:
        """Return what became of a run that we tried to cancel; "" if unknown."""
        if not isinstance(answer, Response):
            return ""
        if is_success(answer):
            return " The run has been cancelled."
        # "Cannot cancel run with status 'completed'.": then there is an answer, and the
        # list of runs shows it even if polling the run has failed.
        run = yield from self._reader.find_run(self._intent.run_key)
        if run:
            self._seen.adopt(run)
        if self._seen.is_over:
            yield from self._follower.read_back(self._run)
        return ""

    @property
    def _run(self) -> WireRun:
        run = self._seen.run
        assert run is not None, "no run has been seen"  # noqa: S101 - see _start
        return run

    def _end(self, claim: Claim, reason: str, *, notice: str = "") -> Script[Done]:
        if notice:
            yield Emit(Notice(text=notice))
        yield Emit(Settle(turn=self._intent.turn, claim=claim, reason=reason))
        return Done(claim, reason)
