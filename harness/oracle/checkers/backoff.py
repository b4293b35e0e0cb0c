"""A client that is told to wait waits that long before it asks again.

From the end of a response with ``Retry-After`` to the next request of that kind. Not
asking again at all is always right: a client need not wait longer than it will.
"""

# RFC 9110, section 10.2.3: "Servers send the "Retry-After" header field to indicate
# how long the user agent ought to wait before making a follow-up request."

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.requests import NS_PER_S, SeenRequest
from midstream.harness.oracle.verdict import Finding, Verdict

SLACK_S = 0.05
SLACK_DATE_S = 1.0
"""An HTTP date has whole seconds, so the wait it asks for may be up to 1 s less."""
_FIRST_ERROR = 400


@CHECKERS.register
class Backoff(Checker):
    """Measures the wait after each response that asked for one."""

    code: ClassVar[str] = "I13"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "state"

    def finish(self) -> Finding:
        """Report the first request that came too soon."""
        answers: list[int] = []
        for index, request in enumerate(self.projections.requests.all):
            wait_s = _wait_s(request)
            if wait_s is None or request.head is None:
                continue
            answers.append(request.head.seq)
            following = self._next(index)
            found = following and self._early(request, following, wait_s)
            if found:
                return found
        if not answers:
            return unknown(self, "the client was never told to wait")
        return holds(self, "the client waited as long as it was told to", answers)

    def _next(self, index: int) -> SeenRequest | None:
        """Return the next request for the same thing as that at *index*.

        A request of the user's next turn does not count: it was not told to wait.
        """
        requests = self.projections.requests.all
        this = requests[index].turn, requests[index].kind
        rest = requests[index + 1 :]
        return next((r for r in rest if (r.turn, r.kind) == this), None)

    def _early(
        self, first: SeenRequest, again: SeenRequest, wait_s: float
    ) -> Finding | None:
        """Report *again* if it came before *wait_s* were over."""
        is_ended = first.end is not None and first.end.seq < again.record.seq
        began = first.end if is_ended else first.head
        assert began is not None  # noqa: S101  # finish passes requests with a head
        gap_s = (again.record.t_ns - began.t_ns) / NS_PER_S
        if gap_s >= wait_s:
            return None
        return violated(
            self,
            Verdict.BACKOFF_VIOLATION,
            f"the client retried {first.kind!r} after {gap_s:.2f} s; it was told to"
            f" wait {wait_s:.2f} s",
            [began.seq, again.record.seq],
            "TOO_SOON",
        )


def _wait_s(request: SeenRequest) -> float | None:
    """Return the wait that the answer to *request* asks for, minus a tolerance."""
    answer = request.answer
    if answer is None or answer.retry_after_s is None or answer.status < _FIRST_ERROR:
        return None
    is_date = answer.retry_after_kind == "date"
    return answer.retry_after_s - (SLACK_DATE_S if is_date else SLACK_S)
