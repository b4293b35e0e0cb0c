"""A conversation as a state machine: answers in, commands out, no I/O, no clock.

    machine = conversation(["Hello?"], …)
    answer = None
    while not isinstance(command := machine.advance(answer, now_s()), Done):
        answer = perform(command)

Only this loop differs between asyncio and gevent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from midstream.harness.record.ops import Notice, Settle

from .asking import Asker, DeclinedError, GaveUpError
from .limits import Limits, Random, Watch
from .recovery import Intent, Turn
from .transcript import Transcript
from .values import Answer, Call, Command, Done, Emit, Script
from .wire import Made

DEFAULT_MODEL = "gpt-4o"


class Machine:
    """Runs a script step by step.

    Args:
        script: The generator, not yet started.
        watch: The clock that the script reads.
    """

    def __init__(self, script: Script[Done], watch: Watch) -> None:
        self._script = script
        self._watch = watch
        self._done: Done | None = None

    def advance(self, answer: Answer, now_s: float) -> Command:
        """Take the answer to the last command, at first None; return the next command.

        *now_s* is the time of any monotonic clock. After `Done`, the machine returns
        `Done` again.
        """
        if self._done is None:
            self._watch.now_s = now_s
            try:
                return self._script.send(answer)
            except StopIteration as end:
                self._done = end.value
        assert self._done is not None, "a script returns Done"  # noqa: S101
        return self._done


def conversation(
    turns: Sequence[str],
    *,
    request: Mapping[str, Any],
    limits: Limits,
    random: Random,
    assistant_id: str | None = None,
) -> Machine:
    """Return the machine that holds a conversation of *turns* on a new thread.

    Args:
        turns: The user's messages, in order.
        request: Settings for the body of each request that starts a run.
        limits: How long and how often the client tries.
        random: The source of client keys and jitter.
        assistant_id: The assistant that answers; by default a new one is created.
    """
    watch = Watch()
    asker = Asker(limits, watch, random)
    talk = _Talk(turns, request=request, limits=limits, watch=watch, asker=asker)
    key = f"{random.getrandbits(64):016x}"
    return Machine(talk.script(key, assistant_id), watch)


class _Talk:
    """The script of a whole conversation."""

    def __init__(
        self,
        turns: Sequence[str],
        *,
        request: Mapping[str, Any],
        limits: Limits,
        watch: Watch,
        asker: Asker,
    ) -> None:
        self._turns = turns
        self._request = request
        self._limits = limits
        self._watch = watch
        self._asker = asker
        self._transcript = Transcript()

    def script(self, key: str, assistant_id: str | None) -> Script[Done]:
        """Return the script; *key* is the prefix of all client keys."""
        self._watch.allow(self._limits.total_s)
        done = Done("complete", "there was nothing to say")
        try:
            assistant_id = assistant_id or (yield from self._make_assistant(key))
            thread_id = yield from self._make(key, "create_thread", "/threads", {})
        except (DeclinedError, GaveUpError) as error:
            done = yield from self._drop(0, str(error))
        else:
            done = yield from self._hold(key, assistant_id, thread_id, done)
        yield Emit(self._transcript.final())
        return done

    def _hold(
        self, key: str, assistant_id: str, thread_id: str, done: Done
    ) -> Script[Done]:
        """Hold one turn after the other; stop if the end of a run remains unknown."""
        for number, text in enumerate(self._turns):
            turn = Turn(
                Intent(
                    turn=number,
                    text=text,
                    thread_id=thread_id,
                    client_key=f"{key}-{number}",
                    run_body={"assistant_id": assistant_id, **self._request},
                ),
                asker=self._asker,
                transcript=self._transcript,
                limits=self._limits,
                watch=self._watch,
            )
            done = yield from turn.script()
            if not turn.is_over and number + 1 < len(self._turns):
                # The thread may be locked, and the user has not seen the answer that
                # the next turn refers to.
                return (
                    yield from self._drop(number + 1, "the turn before has no answer")
                )
        return done

    def _drop(self, first: int, reason: str) -> Script[Done]:
        """Settle the turns from *first* on as failed, without sending them."""
        yield Emit(Notice(text=f"Not sent: {reason}."))
        for number in range(first, len(self._turns)):
            yield Emit(
                Settle(turn=number, claim="failed", reason=f"not sent: {reason}")
            )
        return Done("failed", reason)

    def _make_assistant(self, key: str) -> Script[str]:
        model = self._request.get("model", DEFAULT_MODEL)
        return (
            yield from self._make(
                key, "create_assistant", "/assistants", {"model": model}
            )
        )

    def _make(
        self, key: str, what: str, path: str, body: dict[str, Any]
    ) -> Script[str]:
        """Create an assistant or a thread, which no list can find again.

        If the response is lost, create another one. The first one stays unused and does
        no harm: it is an idle assistant or an empty thread.
        """
        made = yield from self._asker.create(
            self._asker.ledger(),
            Call(
                what=what,
                method="POST",
                path=path,
                body={**body, "metadata": {"client_key": key}},
            ),
            Made,
            _nowhere,
        )
        assert isinstance(made, Made), "only runs are streamed"  # noqa: S101
        return made.id


def _nowhere() -> Script[Made | None]:
    yield from ()
    return None
