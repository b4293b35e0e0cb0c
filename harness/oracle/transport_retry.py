"""Finds out who retried a request: the client, or the transport below it.

A browser sends a request again by itself when a pooled connection turns out to be dead
(docs/deep-chat.md): the server gets two requests, although the client made one. This
can be seen if the client promises to report each attempt to make something (capability
"attempts"); for other clients nothing is reported here. Judges nothing.

Attempts and requests are counted over the whole run: they arrive by different ways, so
near the end of a turn their order is not known.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from midstream.harness.record.case import Case
from midstream.harness.record.history import (
    Committed,
    Received,
    Record,
    ResponseEnd,
    ResponseHead,
)
from midstream.harness.record.ops import ATTEMPTED, Attempt

from .projections.requests import CREATING
from .verdict import Finding, Resent, Verdict

_ABOUT_REPEATS = frozenset(
    {Verdict.DUPLICATE_EFFECT, Verdict.BACKOFF_VIOLATION, Verdict.RETRY_STORM}
)


@dataclass(slots=True)
class _Kind:
    """One kind of request: the attempts told, and the requests that arrived."""

    attempted: int = 0
    arrived: list[tuple[int, Received]] = field(default_factory=list)

    @property
    def copies(self) -> tuple[int, ...]:
        """The records of the requests that equal an earlier one."""
        seen = set[tuple[str, str]]()
        copies = []
        for seq, body in self.arrived:
            if (body.path, body.body_hash) in seen:
                copies.append(seq)
            seen.add((body.path, body.body_hash))
        return tuple(copies)

    @property
    def is_resent(self) -> bool:
        """Whether there are copies that the client did not send."""
        return bool(self.copies) and len(self.arrived) > self.attempted

    @property
    def words(self) -> str:
        """Who retried the request, and the counts that show it."""
        below = "the transport below the client sent it again"
        who = below if self.is_resent else "the client itself asked again"
        return f"{who}: {self.counts}"

    @property
    def counts(self) -> str:
        """The counts of attempts and of requests, in words."""
        told, received = self.attempted, len(self.arrived)
        return (
            f"{told} attempt{'' if told == 1 else 's'} told,"
            f" {received} request{'' if received == 1 else 's'} received"
        )


class TransportRetry:
    """Counts attempts told against requests received, by what they would make."""

    def __init__(self, case: Case) -> None:
        self._reports_attempts = "attempts" in case.client.capabilities
        self._kinds: dict[str, _Kind] = {}
        self._kind_of: dict[int, str] = {}
        self._request_of: dict[int, int] = {}
        self._notes = self.handlers()

    def handlers(self) -> Mapping[type, Callable[[Record, Any], None]]:
        """Handle attempts, requests, and what came of requests."""
        return {
            Attempt: self._attempt,
            Received: self._receive,
            Committed: self._follow_up,
            ResponseHead: self._follow_up,
            ResponseEnd: self._follow_up,
        }

    def feed(self, record: Record) -> None:
        """Handle *record*, if it is of a kind that has a handler."""
        note = self._notes.get(type(record.body))
        if note is not None:
            note(record, record.body)

    def _attempt(self, _: Record, body: Attempt) -> None:
        role = ATTEMPTED.get(body.what, body.what)
        if role in CREATING:
            self._of(role).attempted += 1

    def _receive(self, record: Record, body: Received) -> None:
        name = body.role
        if name in CREATING:
            self._of(name).arrived.append((record.seq, body))
            self._kind_of[body.req] = name
            self._request_of[record.seq] = body.req

    def _follow_up(
        self, record: Record, body: Committed | ResponseHead | ResponseEnd
    ) -> None:
        self._request_of[record.seq] = body.req

    def found(self) -> tuple[Resent, ...]:
        """Return the requests that the transport retried, by kind."""
        return tuple(
            Resent(
                what=name,
                told=kind.attempted,
                received=len(kind.arrived),
                evidence=kind.copies,
            )
            for name, kind in self._kinds.items()
            if self._reports_attempts and kind.is_resent
        )

    def untold(self) -> list[str]:
        """Return the kinds of which more requests arrived than attempts were told.

        To be used for a run without faults, in which no transport retries anything: the
        adapter breaks its promise to report each attempt.
        """
        return [
            f"{name}: {kind.counts}; an adapter that promises to report attempts must"
            " report each one"
            for name, kind in self._kinds.items()
            if self._reports_attempts and len(kind.arrived) > kind.attempted
        ]

    def attributed(self, finding: Finding) -> Finding:
        """Return *finding*; if it is about a retry, its message says who made it."""
        if not self._reports_attempts or finding.verdict not in _ABOUT_REPEATS:
            return finding
        repeated = self._shown_by(finding)
        if not repeated:
            return finding
        message = f"{finding.message}; {repeated[0].words}"
        return msgspec.structs.replace(finding, message=message)

    def _of(self, name: str) -> _Kind:
        return self._kinds.setdefault(name, _Kind())

    def _shown_by(self, finding: Finding) -> list[_Kind]:
        """Return the kinds of which the evidence of *finding* has two requests."""
        records = (seq for seq in finding.evidence if seq in self._request_of)
        requests = {self._request_of[seq] for seq in records} & self._kind_of.keys()
        counts = Counter(self._kind_of[request] for request in sorted(requests))
        return [self._kinds[name] for name, count in counts.items() if count > 1]
