"""Who sent a request again: the client, or the transport below it; not a judge.

A browser sends a request again by itself when a pooled connection turns out to be dead
(docs/deep-chat.md): the server gets two, and the client has asked once. That can be
told where the client promises to tell each of its attempts to make something
(capability "attempts"); of other clients nothing is said here.

Counted over the whole run: what a client tells and what it sends come by two ways, so
next to the end of a turn nobody can say which of them came first.
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
from midstream.harness.record.ops import Attempt

from .projections.requests import CREATING
from .verdict import Finding, Resent, Verdict

_ABOUT_REPEATS = frozenset(
    {Verdict.DUPLICATE_EFFECT, Verdict.BACKOFF_VIOLATION, Verdict.RETRY_STORM}
)


@dataclass(slots=True)
class _Kind:
    """One kind of request: how often it was attempted, and what arrived of it."""

    told: int = 0
    arrived: list[tuple[int, Received]] = field(default_factory=list)

    @property
    def copies(self) -> tuple[int, ...]:
        """The records of the requests that are the same as one before them."""
        seen = set[tuple[str, str]]()
        copies = []
        for seq, body in self.arrived:
            if (body.path, body.body_hash) in seen:
                copies.append(seq)
            seen.add((body.path, body.body_hash))
        return tuple(copies)

    @property
    def is_resent(self) -> bool:
        """Whether there are copies that the client has not asked for."""
        return bool(self.copies) and len(self.arrived) > self.told

    @property
    def words(self) -> str:
        """Who has repeated it, and what says so."""
        below = "the transport below the client sent it again"
        who = below if self.is_resent else "the client itself asked again"
        return f"{who}: {self.counts}"

    @property
    def counts(self) -> str:
        """How often it was attempted, and arrived."""
        told, received = self.told, len(self.arrived)
        return (
            f"{told} attempt{'' if told == 1 else 's'} told,"
            f" {received} request{'' if received == 1 else 's'} received"
        )


class TransportRetry:
    """Counts attempts told against requests received, by what they would make."""

    def __init__(self, case: Case) -> None:
        self._is_told = "attempts" in case.client.capabilities
        self._kinds: dict[str, _Kind] = {}
        self._kind_of: dict[int, str] = {}
        self._request_of: dict[int, int] = {}
        self._notes = self.handlers()

    def handlers(self) -> Mapping[type, Callable[[Record, Any], None]]:
        """Return what it takes note of, by kind of record."""
        return {
            Attempt: self._attempt,
            Received: self._receive,
            Committed: self._follow_up,
            ResponseHead: self._follow_up,
            ResponseEnd: self._follow_up,
        }

    def feed(self, record: Record) -> None:
        """Take note of *record*, if it is of a kind that it reads."""
        note = self._notes.get(type(record.body))
        if note is not None:
            note(record, record.body)

    def _attempt(self, _: Record, body: Attempt) -> None:
        if body.what in CREATING:
            self._of(CREATING[body.what]).told += 1

    def _receive(self, record: Record, body: Received) -> None:
        name = CREATING.get(body.op) or CREATING.get(body.family)
        if name:
            self._of(name).arrived.append((record.seq, body))
            self._kind_of[body.req] = name
            self._request_of[record.seq] = body.req

    def _follow_up(
        self, record: Record, body: Committed | ResponseHead | ResponseEnd
    ) -> None:
        self._request_of[record.seq] = body.req

    def found(self) -> tuple[Resent, ...]:
        """Return what the transport has repeated, by kind."""
        return tuple(
            Resent(
                what=name,
                told=kind.told,
                received=len(kind.arrived),
                evidence=kind.copies,
            )
            for name, kind in self._kinds.items()
            if self._is_told and kind.is_resent
        )

    def untold(self) -> list[str]:
        """Say of what more arrived than was told; for a run without any fault.

        Nothing is sent again there: an adapter that promises to tell does not.
        """
        return [
            f"{name}: {kind.counts}; an adapter that promises attempts tells each"
            for name, kind in self._kinds.items()
            if self._is_told and len(kind.arrived) > kind.told
        ]

    def attributed(self, finding: Finding) -> Finding:
        """Return *finding*; if it is about a repetition, it then says who did it."""
        if not self._is_told or finding.verdict not in _ABOUT_REPEATS:
            return finding
        repeated = self._shown_by(finding)
        if not repeated:
            return finding
        message = f"{finding.message}; {repeated[0].words}"
        return msgspec.structs.replace(finding, message=message)

    def _of(self, name: str) -> _Kind:
        return self._kinds.setdefault(name, _Kind())

    def _shown_by(self, finding: Finding) -> list[_Kind]:
        """Return of what the evidence of *finding* shows two requests."""
        records = (seq for seq in finding.evidence if seq in self._request_of)
        requests = {self._request_of[seq] for seq in records} & self._kind_of.keys()
        counts = Counter(self._kind_of[request] for request in sorted(requests))
        return [self._kinds[name] for name, count in counts.items() if count > 1]
