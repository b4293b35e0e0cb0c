"""One run that did not pass, told in full: verdict, reasons, and how to repeat it."""

import shlex
from typing import Final

from midstream.harness.oracle.verdict import Grade, Judgement
from midstream.harness.plain_text import neutral

from . import Outcome, Report
from .words import SYMBOLS

_EXPLAINED: Final = frozenset({Grade.FAILED, Grade.INVALID, Grade.INCONCLUSIVE})


def needs_explanation(outcome: Outcome, report: Report) -> bool:
    """Say whether a reader must be told why *outcome* is what it is."""
    if report.is_known(outcome):
        return False
    grade = outcome.judgement.grade
    return grade in _EXPLAINED or (report.is_strict and grade is Grade.NON_STRICT)


def explanation(outcome: Outcome, report: Report) -> list[str]:
    """Return the lines that tell *outcome*; the first names it, the rest is indented.

    All text is neutral: nothing the client said reaches a terminal as it is.
    """
    said = outcome.judgement
    head = f"{SYMBOLS[said.grade]} {said.grade}  {said.verdict}  {said.scenario}"
    told = list(outcome.lines)
    if said.reason and not any(said.reason in line for line in told):
        told.insert(0, said.reason)
    lines = [
        neutral(f"{head}  (client {said.client})"),
        *(f"    {neutral(line)}" for line in told),
        f"    run:    {neutral(str(outcome.directory))}",
    ]
    if report.seed is not None:
        lines.append(f"    repeat: {repeat_command(said, report)}")
    return lines


def repeat_command(said: Judgement, report: Report) -> str:
    """Return the shell command that repeats the run, of a report that has a seed."""
    client = report.asked.get(said.client, ("--client", said.client))
    scenario = report.spelled.get(said.scenario, said.scenario)
    words = ("midstream", "run", *client, "--seed", str(report.seed), scenario)
    return shlex.join(map(neutral, words))
