"""Explains a run that did not pass: verdict, reasons, and how to repeat it."""

import shlex
from typing import Final

from midstream.harness.oracle.grading import UNSHAKEN
from midstream.harness.oracle.verdict import Grade, Judgement, Verdict
from midstream.harness.plain_text import neutral

from . import Outcome, Report
from .meanings import MEANINGS
from .words import SYMBOLS

_SOUND_WELL: Final = frozenset({*UNSHAKEN, Verdict.DEGRADED_HONESTLY})
"""Verdicts that read like a success, also where a scenario does not accept them."""
_EXPLAINED: Final = frozenset({Grade.FAILED, Grade.INVALID, Grade.INCONCLUSIVE})


def needs_explanation(outcome: Outcome, report: Report) -> bool:
    """Say whether a reader needs to know why *outcome* did not pass."""
    if report.is_known(outcome):
        return False
    grade = outcome.judgement.grade
    return grade in _EXPLAINED or (report.is_strict and grade is Grade.NON_STRICT)


def explanation(outcome: Outcome, report: Report) -> list[str]:
    """Return the lines that explain *outcome*: a headline, then indented details.

    All text is neutral: nothing the client said reaches a terminal as it is.
    """
    said = outcome.judgement
    head = f"{SYMBOLS[said.grade]} {said.grade}  {said.verdict}  {said.scenario}"
    details = list(outcome.lines)
    if said.reason and not any(said.reason in line for line in details):
        details.insert(0, said.reason)
    lines = [
        neutral(f"{head}  (client {said.client})"),
        f"    {neutral(_meaning(said, report))}",
        *(f"    {neutral(line)}" for line in details),
        f"    run:    {neutral(str(outcome.directory))}",
    ]
    if report.seed is not None:
        lines.append(f"    repeat: {repeat_command(said, report)}")
    return lines


def _meaning(said: Judgement, report: Report) -> str:
    """Return the verdict's meaning; if it sounds well, say why the run failed."""
    if said.grade is not Grade.FAILED or said.verdict not in _SOUND_WELL:
        return MEANINGS[said.verdict]
    scenario = report.spelled.get(said.scenario, said.scenario)
    more = f"This scenario asks for more: midstream show {shlex.quote(scenario)}"
    return f"{MEANINGS[said.verdict]} {more}"


def repeat_command(said: Judgement, report: Report) -> str:
    """Return the shell command that repeats the run; *report* has a seed.

    It runs as many at once as was asked for: a client whose conversations share
    something fails by what runs beside it.
    """
    client = report.asked.get(said.client, ("--client", said.client))
    scenario = report.spelled.get(said.scenario, said.scenario)
    words = ["midstream", "run", *client, "--seed", str(report.seed)]
    if report.repeat > 1:
        words += ["--repeat", str(report.repeat)]
    if report.jobs is not None:
        words += ["--jobs", str(report.jobs)]
    if report.dialect_file:
        words += ["--dialect-file", report.dialect_file]
    words.append(scenario)
    return shlex.join(map(neutral, words))
