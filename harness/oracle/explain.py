"""Explains a judgement: what broke, in words and with the records that prove it.

Returns lines of plain text and decides nothing. The lines may hold control
characters; the reports make them safe to print.
"""

import sys
from collections.abc import Iterable

import msgspec

from midstream.harness.record.history import Record

from .checkers import CHECKERS
from .verdict import FaultReport, Finding, Judgement, Status

LINE_CHARS = 160
_NS_PER_MS = 1_000_000


def explain(judgement: Judgement, records: Iterable[Record]) -> list[str]:
    """Return the lines that explain *judgement*, whose history is *records*.

    For each broken invariant: the invariant in words, what was seen, the evidence
    with its times. Then whether each fault fired and had its effect, and the seed.
    """
    broken = [f for f in judgement.findings if f.status is Status.VIOLATED]
    wanted = {seq for finding in broken for seq in finding.evidence}
    wanted |= {seq for report in judgement.faults for seq in _seqs(report)}
    shown = {r.seq: _line(r) for r in records if r.seq in wanted}
    lines: list[str] = []
    for finding in broken:
        lines += _finding(finding, shown)
    for report in judgement.faults:
        lines += _fault(report, shown)
    return [*lines, f"seed {judgement.seed}"]


def _finding(finding: Finding, shown: dict[int, str]) -> list[str]:
    """Return the lines of one broken invariant."""
    subtype = f" ({finding.subtype})" if finding.subtype else ""
    return [
        f"{finding.code} {finding.invariant}: {in_words(finding.invariant)}",
        f"  {finding.verdict}{subtype}: {finding.message}",
        *(f"  {shown[seq]}" for seq in finding.evidence if seq in shown),
    ]


def _fault(report: FaultReport, shown: dict[int, str]) -> list[str]:
    """Return the lines of one fault."""
    facts = {name: fact for name, fact in report.effect.items() if name != "seq"}
    effect = msgspec.json.encode(facts).decode() if facts else "no effect was seen"
    fired = "fired" if report.fired else "never fired"
    return [
        f"fault {report.id} {report.kind}: {fired}; {effect}",
        *(f"  {shown[seq]}" for seq in _seqs(report) if seq in shown),
    ]


def _seqs(report: FaultReport) -> list[int]:
    """Return the sequence numbers of the records that prove a fault's effect."""
    return list(report.effect.get("seq", ()))


def in_words(invariant: str) -> str:
    """Return the invariant called *invariant* as a sentence, or "" if it is unknown."""
    if invariant not in CHECKERS:
        return ""
    module = sys.modules[CHECKERS[invariant].__module__]
    return " ".join((module.__doc__ or "").partition("\n\n")[0].split())


def _line(record: Record) -> str:
    """Return *record* on one line, cut to a readable length."""
    body = msgspec.json.encode(record.body).decode()
    text = f"{record.t_ns / _NS_PER_MS:10.1f} ms  #{record.seq} {record.src}  {body}"
    return text if len(text) <= LINE_CHARS else text[: LINE_CHARS - 1] + "…"
