"""A client asks a bounded number of times for one thing, and not in a burst.

Counted at the server, for requests that make something: at most what the client's
profile allows, and at most three within any second. Retries of several layers
multiply, so only the server's own count is reliable. What counts is the rate at which
a client sends: requests that merely arrive together make no burst.
"""

from collections.abc import Iterable
from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.requests import NS_PER_S, SeenRequest
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Record

BURST_MAX = 3
SLACK_S = 0.2
"""How much longer than a later request one may take to arrive on a busy machine."""


@CHECKERS.register
class BoundedAttempts(Checker):
    """Counts the requests that make something, by turn and kind."""

    code: ClassVar[str] = "I12"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "state"

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._max = 0

    def handlers(self) -> Handlers:
        """Handle the client's own bound."""
        return {CaseBegin: self._begin}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._max = body.case.client.profile.attempts_max

    def finish(self) -> Finding:
        """Report the first thing that was requested too often."""
        intents = self._intents()
        for (turn, kind, _), requests in intents.items():
            seqs = [request.record.seq for request in requests]
            if len(requests) > self._max:
                message = (
                    f"the client sent {len(requests)} requests for one {kind} in turn"
                    f" {turn}; its own limit is {self._max}"
                )
                return violated(self, Verdict.RETRY_STORM, message, seqs)
            burst = _burst(requests)
            if burst:
                message = (
                    f"the client sent {len(burst)} requests for one {kind} within a"
                    " second"
                )
                return violated(self, Verdict.RETRY_STORM, message, burst)
        if not intents:
            return unknown(self, "the server read no request that makes something")
        return holds(self, "the client kept to its own limit of attempts")

    def _intents(self) -> dict[tuple[int, str, str], list[SeenRequest]]:
        """Return the requests by intent: turn, kind, and what they submit.

        A turn makes one message and one run, but may submit several rounds of tool
        outputs; those differ in what they submit.
        """
        intents: dict[tuple[int, str, str], list[SeenRequest]] = {}
        for request in self.projections.requests.all:
            if request.is_creating:
                body = request.body
                what = body.path + body.body_hash if request.kind == "submit" else ""
                key = (request.turn, request.kind, what)
                intents.setdefault(key, []).append(request)
        return intents


def _burst(requests: Iterable[SeenRequest]) -> list[int]:
    """Return the records of the first burst, or nothing if there is none."""
    span_ns = (1 - SLACK_S) * NS_PER_S
    recent: list[Record] = []
    for request in requests:
        now = request.record
        recent = [r for r in recent if now.t_ns - r.t_ns < span_ns] + [now]
        if len(recent) > BURST_MAX:
            return [record.seq for record in recent]
    return []
