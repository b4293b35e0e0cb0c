"""Whether a run can prove anything: did each fault fire where it should, and act?

Not a judge of the client. Whatever fails here makes the run INVALID: no verdict
without proof of effect.
"""

from collections.abc import Collection
from typing import Any

from .case import ArmedFault, Case
from .errors import UnknownNameError
from .history import (
    CaseEnd,
    ClientExit,
    Fired,
    HarnessTrouble,
    PathFired,
    Received,
    Record,
)
from .place import Place
from .proofs import PROOFS, Proof
from .verdict import FaultReport


class Gate:
    """One fault: its firing, its place, and the proof of its effect."""

    def __init__(self, fault: ArmedFault, others: Collection[str] = ()) -> None:
        """Watch for *fault*; *others* are the ids of those that alter responses."""
        self.fault = fault
        self._in_response = Place(fault, others)
        self._fired = fault.family == "path" and not fault.at
        self._received: dict[int, Received] = {}
        self._astray = ""
        self._trouble = ""
        self._proof: Proof | None = None
        try:
            self._proof = PROOFS[fault.proof](fault)
        except UnknownNameError as error:
            self._trouble = str(error)

    def feed(self, record: Record) -> None:
        """Take note of *record*, and let the proof do so."""
        body = record.body
        if isinstance(body, Received):
            self._received[body.req] = body
        elif isinstance(body, Fired) and body.fault == self.fault.id:
            self._fired = self._fired or self.fault.family != "path"
            self._place(body)
        elif isinstance(body, PathFired) and body.fault == self.fault.id:
            self._fired = True
        self._in_response.feed(record)
        if self._proof is not None:
            try:
                self._proof.feed(record)
            except Exception as error:  # noqa: BLE001  # a broken proof proves nothing
                self._break(error)

    def _break(self, error: Exception) -> None:
        """Give up on the proof."""
        self._proof = None
        self._trouble = f"its proof failed: {type(error).__name__}: {error}"

    def _place(self, fired: Fired) -> None:
        """Note it if the fault struck another request than was declared."""
        at = self.fault.at
        request = self._received.get(fired.req)
        if request is None:
            self._astray = "a request that was never read"
        elif not self._is_declared(request):
            self._astray = f"attempt {request.attempt} of {request.op}, not {at}"

    def _is_declared(self, request: Received) -> bool:
        """Say whether the fault is declared to strike *request*."""
        at = self.fault.at
        first, times = at.get("attempt", 1), at.get("times", 1)
        if at.get("on", "run") not in (request.op, request.family):
            return False
        if request.attempt < first:
            return False
        return not times or request.attempt < first + times

    def _was_asked(self) -> bool:
        """Say whether a request that the fault should strike was ever made."""
        return any(self._is_declared(request) for request in self._received.values())

    def finish(self) -> tuple[FaultReport, str]:
        """Return what became of the fault, and what is invalid about it, or ""."""
        fault, effect = self.fault, self._effect()
        report = FaultReport(
            id=fault.id,
            kind=fault.kind,
            at=fault.at,
            fired=self._fired,
            effect=effect,
        )
        name = f"{fault.id} ({fault.kind})"
        if not self._fired and fault.if_reached and not self._was_asked():
            return report, ""
        if not self._fired:
            return report, f"FAULT_NOT_FIRED: {name} was never reached"
        astray = self._astray or self._in_response.astray
        if astray:
            return report, f"FAULT_ASTRAY: {name} struck {astray}"
        if not effect:
            why = self._trouble or f"nothing shows the effect {fault.proof!r}"
            return report, f"NO_EFFECT: {name} fired, but {why}"
        return report, ""

    def _effect(self) -> dict[str, Any]:
        """Return the evidence of the proof; empty if there is none."""
        if self._proof is None or not self._fired:
            return {}
        try:
            return self._proof.finish()
        except Exception as error:  # noqa: BLE001  # a broken proof proves nothing
            self._break(error)
            return {}


class Validity:
    """All gates of one run."""

    def __init__(self, case: Case) -> None:
        """Watch for the faults of *case*."""
        altering = {fault.id for fault in case.faults if fault.family == "protocol"}
        self._gates = [Gate(fault, altering) for fault in case.faults]
        self._troubles: list[str] = []
        self._lacks = {CaseEnd: "CASE_UNFINISHED", ClientExit: "CLIENT_UNFINISHED"}

    def feed(self, record: Record) -> None:
        """Take note of *record*."""
        self._lacks.pop(type(record.body), None)
        if isinstance(record.body, HarnessTrouble):
            self._troubles.append(record.body.text)
        for gate in self._gates:
            gate.feed(record)

    def finish(self) -> tuple[tuple[FaultReport, ...], list[str]]:
        """Return what became of the faults, and what makes the run invalid."""
        found = [gate.finish() for gate in self._gates]
        faults = [reason for _, reason in found if reason]
        lacks = [f"{name}: the history breaks off" for name in self._lacks.values()]
        reports = tuple(report for report, _ in found)
        if reports and not faults and not any(report.fired for report in reports):
            faults = ["FAULT_NOT_FIRED: the client reached none of the faults"]
        return reports, [*self._troubles, *lacks, *faults]
