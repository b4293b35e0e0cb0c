"""Feeds `measure` with the times of one conversation, from ops, journal and tap.

Pure. Requests are counted as the client reports them, because a path that is down lets
none through; for a client that reports none, as the server read them. A request is a
retry if one like it came before and failed: as the server saw it, or because the path
was cut meanwhile, or as an SDK says in a header. A client that reports no errors still
settles a turn as failed, or leaves it open: that, too, is a wait that did not end.
"""

from typing import Any

from midstream.harness.load.metrics.measure import StreamTimes, StreamWatch
from midstream.harness.record.history import (
    FaultFired,
    PathFired,
    Received,
    ResponseEnd,
    ResponseHead,
)
from midstream.harness.record.ops import (
    ATTEMPTED,
    Append,
    Attempt,
    ClientError,
    Op,
    Settle,
)
from midstream.mock_server.core.journal import Entry

_FIRST_ERROR = 400


class Watching:
    """Notes the events of one conversation in a `StreamWatch`.

    Attributes:
        is_disturbed: Whether a fault or an error was seen.
    """

    def __init__(self, began_ns: int) -> None:
        """Begin at *began_ns*, when the conversation begins."""
        self.is_disturbed = False
        self._watch = StreamWatch(began_ns)
        self._token = self._watch.token
        self._is_asked = self._is_told = False
        self._asked_ns, self._settled_ns = began_ns, began_ns - 1
        self._last = ""
        self._troubled: set[str] = set()
        self._requests: dict[int, tuple[str, str]] = {}
        self._failed: dict[tuple[str, str], bool] = {}
        self._read: tuple[int, tuple[str, str]] | None = None
        self._cut_ns: int | None = None
        self._times: StreamTimes | None = None

    def say(self, t_ns: int, op: Op) -> None:
        """Take an operation of the client."""
        if type(op) is Append:
            if op.text:
                self._token(t_ns)
        elif type(op) is Attempt:
            self._try(t_ns, op.what)
        elif type(op) is Settle:
            self._settle(t_ns, op)
        elif type(op) is ClientError:
            self._troubled.add(self._last)
            self._disturb(t_ns)

    def hear(self, t_ns: int, entry: Entry) -> None:
        """Take an entry of the server's journal."""
        take = _TAKES.get(type(entry))
        if take is not None:
            take(self, t_ns, entry)

    def note(self, t_ns: int, body: object) -> None:
        """Take a record of the tap or of the harness."""
        if type(body) is PathFired:
            self._cut_ns = t_ns
            self._disturb(t_ns)

    def leave(self, t_ns: int) -> None:
        """Take the client's end, which gives up a turn that is open."""
        if self._asked_ns > self._settled_ns:
            self._watch.gave_up(t_ns)
        self._times = self._watch.ended(t_ns)

    def times(self) -> StreamTimes:
        """Return the times of the stream; call it when the client has ended."""
        assert self._times is not None, "the client has ended"  # noqa: S101 - see `leave`
        return self._times

    def _settle(self, t_ns: int, settle: Settle) -> None:
        """Note that the client has settled a turn."""
        self._is_asked, self._settled_ns = False, t_ns
        self._failed.clear()
        self._troubled.clear()
        if settle.claim == "failed":
            self._watch.gave_up(t_ns)

    def _try(self, t_ns: int, what: str) -> None:
        """Note a request that the client is about to make."""
        self._is_told, self._last = True, what
        self._watch.attempted(t_ns, again=what in self._troubled)
        self._troubled.discard(what)
        if ATTEMPTED.get(what, what) == "generate":
            self._ask(t_ns)

    def _ask(self, t_ns: int) -> None:
        """Note the first request of a turn's run."""
        if not self._is_asked:
            self._is_asked, self._asked_ns = True, t_ns
            self._watch.asked(t_ns)

    def _disturb(self, t_ns: int) -> None:
        self.is_disturbed = True
        self._watch.disturbed(t_ns)

    def _receive(self, t_ns: int, request: Received) -> None:
        what = request.op, request.path
        self._requests[request.req] = what
        self._lose(t_ns)
        if not self._is_told:
            self._watch.attempted(t_ns, again=self._is_again(what, request))
        self._failed[what] = True  # until it has ended well
        self._read = t_ns, what
        if request.role == "generate":
            self._ask(t_ns)

    def _lose(self, t_ns: int) -> None:
        """Count the last request as failed if the path was cut since it was read.

        The server may have written the whole response, or seen the cut late.
        """
        if self._read is None or self._cut_ns is None:
            return
        read_ns, what = self._read
        if read_ns <= self._cut_ns <= t_ns and what in self._failed:
            self._failed[what] = True

    def _is_again(self, what: tuple[str, str], request: Received) -> bool:
        """Say whether *request* repeats one like it that failed."""
        is_known = what in self._failed
        return is_known and (self._failed[what] or bool(request.retry_count))

    def _head(self, _: int, head: ResponseHead) -> None:
        if head.status >= _FIRST_ERROR:
            self._requests.pop(head.req, None)

    def _end(self, t_ns: int, end: ResponseEnd) -> None:
        what = self._requests.pop(end.req, None)
        if what is not None and end.how == "clean":
            self._failed[what] = False
        if end.how in ("fin", "rst"):
            self._disturb(t_ns)

    def _fire(self, t_ns: int, _: FaultFired) -> None:
        self._disturb(t_ns)


_TAKES: dict[type, Any] = {
    Received: Watching._receive,  # noqa: SLF001 - a table of its own methods
    ResponseHead: Watching._head,  # noqa: SLF001
    ResponseEnd: Watching._end,  # noqa: SLF001
    FaultFired: Watching._fire,  # noqa: SLF001
}
