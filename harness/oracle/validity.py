"""Decides whether a run proves anything: each fault must fire at its place, and act.

The client is not judged here. Whatever fails here makes the run INVALID: no verdict
without proof of effect.
"""

from typing import Any

import msgspec

from midstream.harness.record.case import ArmedFault, Case
from midstream.harness.record.dispatch import Dispatcher, Handlers, OnError
from midstream.harness.record.history import (
    CaseEnd,
    ClientExit,
    FaultFired,
    HarnessTrouble,
    PathFired,
    Received,
    Record,
    ServerFailed,
)
from midstream.mock_server.core.errors import UnknownNameError
from midstream.mock_server.core.position import Position

from .fault_location import FaultLocation, WrittenStreams
from .projections.wire import Wire
from .proofs import PROOFS, Proof
from .verdict import FaultReport


class FaultValidity:
    """One fault: its firing, its place, and the proof of its effect."""

    def __init__(self, fault: ArmedFault, wire: Wire, streams: WrittenStreams) -> None:
        """Follow *fault*; *wire* and *streams* handle each record before this does."""
        self.fault = fault
        self._in_response = FaultLocation(fault, streams)
        self._fired = fault.family == "path" and not (fault.at or fault.may_miss)
        self._received: dict[int, Received] = {}
        self._misplaced = ""
        self._trouble = ""
        self._proof: Proof | None = None
        try:
            self._proof = PROOFS[fault.proof](fault, wire)
        except UnknownNameError as error:
            self._trouble = str(error)

    def join(self, dispatcher: Dispatcher, on_error: OnError) -> None:
        """Join the fault's location and proof; *on_error* is not told of its proof."""
        dispatcher.join(self._handlers(), on_error)
        dispatcher.join(self._in_response.handlers(), on_error)
        if self._proof is not None:
            dispatcher.join(self._proof.handlers(), self.lose)

    def _handlers(self) -> Handlers:
        """Handle requests and the firing."""
        return {
            Received: self._receive,
            FaultFired: self._fire,
            PathFired: self._fire_path,
        }

    def _receive(self, _: Record, body: Received) -> None:
        self._received[body.req] = body

    def _fire(self, _: Record, body: FaultFired) -> None:
        if body.fault == self.fault.id:
            self._fired = self._fired or self.fault.family != "path"
            self._place(body)

    def _fire_path(self, _: Record, body: PathFired) -> None:
        if body.fault == self.fault.id:
            self._fired = True

    def lose(self, error: Exception) -> None:
        """Give up on the proof, since something that it needs raised *error*."""
        self._proof = None
        self._trouble = f"its proof failed: {type(error).__name__}: {error}"

    def _place(self, fired: FaultFired) -> None:
        at = self.fault.at
        request = self._received.get(fired.req)
        if request is None:
            self._misplaced = "a request that was never read"
        elif not self._is_declared(request):
            self._misplaced = f"attempt {request.attempt} of {request.op}, not {at}"

    def _is_declared(self, request: Received) -> bool:
        """Say whether the fault is declared to strike *request*."""
        position = msgspec.convert(self.fault.at, type=Position)
        is_there = position.is_on(request.op, request.role)
        return is_there and position.includes(request.attempt)

    def _was_asked(self) -> bool:
        """Say whether a request that the fault should strike was ever made."""
        return any(self._is_declared(request) for request in self._received.values())

    def finish(self) -> tuple[FaultReport, str]:
        """Return the fault's report, and why the run is invalid, or ""."""
        fault, effect = self.fault, self._effect()
        report = FaultReport(
            id=fault.id,
            kind=fault.kind,
            at=fault.at,
            fired=self._fired,
            effect=effect,
        )
        name = f"{fault.id} ({fault.kind})"
        is_needless = fault.may_miss or (fault.if_reached and not self._was_asked())
        if not self._fired and is_needless:
            return report, ""
        if not self._fired:
            return report, f"FAULT_NOT_FIRED: the run never reached {name}"
        misplaced = self._misplaced or self._in_response.misplaced
        if misplaced:
            return report, f"FAULT_MISPLACED: {name} struck {misplaced}"
        if not effect:
            why = self._trouble or f"no record proves its effect ({fault.proof!r})"
            return report, f"NO_EFFECT: {name} fired, but {why}"
        return report, ""

    def _effect(self) -> dict[str, Any]:
        """Return the evidence of the proof; empty if there is none."""
        if self._proof is None or not self._fired:
            return {}
        try:
            return self._proof.finish()
        except Exception as error:  # noqa: BLE001  # a broken proof proves nothing
            self.lose(error)
            return {}


class Validity:
    """The validity of all faults of one run."""

    def __init__(self, case: Case) -> None:
        """Follow the faults of *case*."""
        altering = {fault.id for fault in case.faults if fault.family == "protocol"}
        self._wire, self._streams = Wire(), WrittenStreams(altering)
        self._faults = [
            FaultValidity(f, self._wire, self._streams) for f in case.faults
        ]
        self._troubles: list[str] = []
        self._lacks = {CaseEnd: "CASE_UNFINISHED", ClientExit: "CLIENT_UNFINISHED"}

    def join(self, dispatcher: Dispatcher) -> None:
        """Join all that the faults need, shared projections first."""
        dispatcher.join(self._handlers(), self.lose)
        if self._faults:
            dispatcher.join(self._wire.handlers(), self._lose_proofs)
            dispatcher.join(self._streams.handlers(), self.lose)
        for fault in self._faults:
            fault.join(dispatcher, self.lose)

    def _handlers(self) -> Handlers:
        """Handle the records that complete a history, and our own failures."""
        return {
            CaseEnd: self._end,
            ClientExit: self._end,
            HarnessTrouble: self._trouble,
            ServerFailed: self._fail,
        }

    def _end(self, _: Record, body: CaseEnd | ClientExit) -> None:
        self._lacks.pop(type(body), None)

    def _trouble(self, _: Record, body: HarnessTrouble) -> None:
        self._troubles.append(body.text)

    def _fail(self, _: Record, body: ServerFailed) -> None:
        """Note what the server failed by, once: one failure may end several answers."""
        text = f"SERVER_FAILED: the server itself failed: {body.text}"
        if text not in self._troubles:
            self._troubles.append(text)

    def lose(self, error: Exception) -> None:
        """Record a failure of ours, which makes the run invalid."""
        self._troubles.append(f"the judge failed: {type(error).__name__}: {error}")

    def _lose_proofs(self, error: Exception) -> None:
        """Give up on all proofs, since something that they need raised *error*."""
        for fault in self._faults:
            fault.lose(error)

    def finish(self, last: Record | None) -> tuple[tuple[FaultReport, ...], list[str]]:
        """Return the faults' reports, and the reasons why the run is invalid.

        *last* is the last record of the history.
        """
        self._wire.last = last
        found = [fault.finish() for fault in self._faults]
        faults = [reason for _, reason in found if reason]
        lacks = [f"{name}: the history breaks off" for name in self._lacks.values()]
        reports = tuple(report for report, _ in found)
        needed = [each for each in self._faults if not each.fault.may_miss]
        if needed and not faults and not any(report.fired for report in reports):
            faults = ["FAULT_NOT_FIRED: the client reached none of the faults"]
        return reports, [*self._troubles, *lacks, *faults]
