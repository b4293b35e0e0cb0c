"""Makes requests: which ones are repeated, when, and what is read before.

A script is a generator that yields commands and receives their answers. A read is
repeated as long as time allows. A request that creates something is repeated only if it
certainly was not sent, or if a read has proved that it had no effect.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from midstream.harness.record.ops import Attempt, ClientError

from .errors import DriverError
from .limits import Ledger, Limits, Random, Watch
from .retry import backoff_s, is_retryable, is_success, retry_after_s
from .values import Answer, Call, Emit, Failed, Response, Script, Sleep, StreamStarted
from .wire import decode, error_text

T = TypeVar("T")


class GaveUpError(Exception):
    """Time or attempts ran out, or the server asks for too long a wait; says which."""


class DeclinedError(Exception):
    """The server refused the request for good; it certainly had no effect."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        super().__init__(describe(response))


class Asker:
    """Makes requests for one conversation.

    Args:
        limits: How long and how often the client tries.
        watch: The clock; its deadline ends every script here.
        random: The source of jitter.
    """

    def __init__(self, limits: Limits, watch: Watch, random: Random) -> None:
        self._limits = limits
        self._watch = watch
        self._random = random
        self._last_trouble = ""

    def ledger(self) -> Ledger:
        """Return a new ledger, for the attempts at creating one thing."""
        return Ledger(self._limits.attempts_max, self._limits.attempts_per_s)

    def read(self, what: str, path: str, kind: type[T]) -> Script[tuple[T, Response]]:
        """GET *path* until the response is a *kind*.

        Raises:
            DeclinedError: The server refused.
            GaveUpError: Time is up.
        """
        ledger = Ledger(None, self._limits.attempts_per_s)
        call = Call(what=what, method="GET", path=path)
        while True:
            answer = yield from self.once(ledger, call)
            value = decoded(answer, kind)
            if isinstance(answer, Response) and value is not None:
                self._last_trouble = ""
                return value, answer
            yield from self._back_off(ledger, call, answer)

    def create(
        self,
        ledger: Ledger,
        call: Call,
        kind: type[T],
        find: Callable[[], Script[T | None]],
    ) -> Script[T | StreamStarted]:
        """Make *call* until it gives a *kind* or a stream, or *find* finds its effect.

        If a failed request may have had an effect, *find* looks for it; the request is
        repeated only if *find* finds nothing.

        Raises:
            DeclinedError: The server refused.
            GaveUpError: Time or attempts ran out.
        """
        while True:
            answer = yield from self.once(ledger, call)
            ledger.was_sent |= not is_unsent(answer)
            if isinstance(answer, StreamStarted):
                return answer
            value = decoded(answer, kind)
            if value is not None:
                return value
            yield from self._back_off(ledger, call, answer)
            if not is_unsent(answer):
                found = yield from find()
                if found is not None:
                    return found

    def once(
        self, ledger: Ledger, call: Call
    ) -> Script[Response | StreamStarted | Failed]:
        """Make one request, as soon as the ledger allows it.

        Raises:
            GaveUpError: Time or attempts ran out.
        """
        if ledger.is_spent:
            text = f"{ledger.count} attempts at {_spoken(call)} have failed"
            raise GaveUpError(_because(text, ledger.trouble))
        yield from self.wait(ledger.wait_s(self._watch.now_s))
        ledger.begin(self._watch.now_s)
        yield Emit(Attempt(what=call.what))
        timeout_s = min(self._limits.idle_s, self._watch.remaining_s)
        answer = yield replace(call, timeout_s=timeout_s)
        if not isinstance(answer, Response | StreamStarted | Failed):
            raise DriverError(f"a Call cannot be answered by {answer!r}")
        return answer

    def wait(self, seconds: float) -> Script[None]:
        """Sleep *seconds*, if that is less than the remaining time.

        Raises:
            GaveUpError: Too little time remains.
        """
        if self._watch.remaining_s <= seconds:
            raise GaveUpError(_because("time is up", self._last_trouble))
        if seconds > 0:
            yield Sleep(seconds)

    def _back_off(self, ledger: Ledger, call: Call, answer: Answer) -> Script[None]:
        """Report a failure and wait before the next attempt.

        Raises:
            DeclinedError: The answer is a refusal for good.
            GaveUpError: No attempt is left, or the wait exceeds the time or the limits.
        """
        is_definite = is_unsent(answer) if call.method == "POST" else None
        text = f"{_spoken(call)}: {describe(answer)}"
        yield Emit(ClientError(text=text, is_definite=is_definite))
        self._last_trouble = ledger.trouble = text
        asked_s = None
        if isinstance(answer, Response):
            if not is_retryable(answer):
                raise DeclinedError(answer)
            asked_s = retry_after_s(answer)
        if asked_s is not None and asked_s > self._limits.retry_after_cap_s:
            raise GaveUpError(
                f"{describe(answer)}; the server asks to wait {asked_s:g} s"
            )
        if ledger.is_spent and is_unsent(answer):
            raise GaveUpError(text)
        jitter_s = backoff_s(ledger.count, self._limits, self._random)
        yield from self.wait((asked_s or 0.0) + jitter_s)


def decoded(answer: Answer, kind: type[T]) -> T | None:
    """Return the *kind* in a successful response, or None."""
    if isinstance(answer, Response) and is_success(answer):
        return decode(answer.body, kind)
    return None


def describe(answer: Answer) -> str:
    """Return a line that describes an answer without success."""
    match answer:
        case Response() if is_success(answer):
            return f"HTTP {answer.status} with a body that cannot be read"
        case Response():
            text = error_text(answer.body)
            return f"HTTP {answer.status}: {text}" if text else f"HTTP {answer.status}"
        case Failed():
            return f"{answer.kind}: {answer.text}" if answer.text else answer.kind
        case _:
            return repr(answer)


def is_unsent(answer: Answer) -> bool:
    """Say whether the request certainly was not sent."""
    return isinstance(answer, Failed) and not answer.is_sent


def _spoken(call: Call) -> str:
    return call.what.replace("_", " ")


def _because(text: str, trouble: str) -> str:
    return f"{text} ({trouble})" if trouble else text
