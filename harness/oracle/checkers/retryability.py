"""A client repeats nothing that was refused for good, and nothing blindly.

A request was refused for good if the very same request got 400, 401, 403, 404 or 422;
only after a 400, which may be due to the thread's state, may a client read the thread
and try again. A retry is blind if the request makes something, its effect is unknown
(no answer, a 5xx, an answer cut short), and the client did not read the thread in
between. 409 and 429 are definite refusals, and may be retried. A spare thread does no
harm, so making one is exempt; so is submitting tool outputs, which the API accepts
once and then refuses: RFC 9110, section 9.2.2, allows a client to repeat what it knows
to be idempotent.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.requests import SeenRequest
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.history import Record

_REFUSED = (400, 401, 403, 404, 422)
_STATE_REFUSED = 400
_SERVER_ERROR = 500
_FIRST_ERROR = 400
_HARMFUL = ("say", "generate")


@CHECKERS.register
class Retryability(Checker):
    """Looks at each request that repeats an earlier request."""

    code: ClassVar[str] = "I15"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "state"

    def finish(self) -> Finding:
        """Report the first retry that should not have been made."""
        exposed: list[int] = []
        last_alike: dict[tuple[int, str, str, str], SeenRequest] = {}
        for request in self.projections.requests.all:
            earlier = last_alike.get(_intent(request))
            for check in (self._refused, self._blind):
                found = earlier and check(earlier, request)
                if found:
                    return found
            last_alike[_intent(request)] = request
            if _is_refused(request) or _is_unclear(request, None):
                exposed.append(request.record.seq)
        if not exposed:
            return unknown(self, "no request was refused or left unanswered")
        return holds(self, "the client made no retry that it should not make", exposed)

    def _refused(self, earlier: SeenRequest, again: SeenRequest) -> Finding | None:
        """Report a retry of a request that was refused for good."""
        is_same = earlier.body.body_hash == again.body.body_hash
        if not is_same or not _is_refused(earlier):
            return None
        if earlier.status == _STATE_REFUSED and self._has_read(earlier, again):
            return None
        message = (
            f"the client retried {again.body.op}, although it had been refused with"
            f" {earlier.status}"
        )
        return self._violated(earlier, again, message, "RETRIED_REFUSAL")

    def _blind(self, earlier: SeenRequest, again: SeenRequest) -> Finding | None:
        """Report a blind retry of a request that may have had its effect."""
        if not _is_unclear(earlier, again):
            return None
        key = earlier.body.idempotency_key
        if key is not None and key == again.body.idempotency_key:
            return None
        if self._has_read(earlier, again):
            return None
        message = (
            f"the client retried {again.body.op} blindly: it could not know whether the"
            " request before had its effect, and did not read the thread in between"
        )
        return self._violated(earlier, again, message, "BLIND_REPEAT")

    def _has_read(self, earlier: SeenRequest, again: SeenRequest) -> bool:
        """Say whether the client read the thread, to the end, between the two."""
        return any(
            request.body.method == "GET"
            and request.body.scope
            and request.body.scope == earlier.body.scope
            and request.how == "clean"
            and request.end is not None
            and request.record.seq > earlier.record.seq
            and request.end.seq < again.record.seq
            and request.status < _FIRST_ERROR
            for request in self.projections.requests.all
        )

    def _violated(
        self, earlier: SeenRequest, again: SeenRequest, message: str, subtype: str
    ) -> Finding:
        """Report that *again* should not have been sent."""
        seqs = [earlier.record.seq, again.record.seq]
        if earlier.head:
            seqs.append(earlier.head.seq)
        return violated(self, Verdict.BACKOFF_VIOLATION, message, seqs, subtype)


def _intent(request: SeenRequest) -> tuple[int, str, str, str]:
    """Return a key that is equal for requests for the same thing."""
    body = request.body
    is_round = request.kind == "submit" or not request.is_creating
    what = body.body_hash if is_round else ""
    where = "" if request.kind in {"say", "generate"} else body.path
    return request.turn, request.kind, where, what


def _is_refused(request: SeenRequest) -> bool:
    return request.status in _REFUSED


def _is_unclear(request: SeenRequest, at: SeenRequest | None) -> bool:
    """Say whether the client could not know, at request *at*, what *request* did."""
    if request.kind not in _HARMFUL:
        return False
    limit = at.record.seq if at else None

    def is_there(record: Record | None) -> bool:
        return record is not None and (limit is None or record.seq < limit)

    if not is_there(request.head) or request.status >= _SERVER_ERROR:
        return True
    is_whole = is_there(request.end) and request.how == "clean"
    return request.status < _FIRST_ERROR and not is_whole
