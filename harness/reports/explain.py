"""One run that did not pass, told in full: verdict, reasons, and how to repeat it."""

import shlex
from collections.abc import Mapping
from typing import Final

from harness.verdict import Grade, Judgement

from . import Outcome, Report
from .neutral import neutral
from .words import SYMBOLS

_EXPLAINED: Final = frozenset({Grade.FAILED, Grade.INVALID, Grade.INCONCLUSIVE})


def needs_explanation(outcome: Outcome, report: Report) -> bool:
    """Say whether a reader must be told why *outcome* is what it is."""
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
        command = repeat_command(said, report.seed, report.spelled)
        lines.append(f"    repeat: {command}")
    return lines


def repeat_command(said: Judgement, seed: int, spelled: Mapping[str, str]) -> str:
    """Return the shell command that repeats the run; *seed* is the campaign's."""
    scenario = neutral(spelled.get(said.scenario, said.scenario))
    words = ("midstream", "run", "--client", said.client, "--seed", str(seed))
    return shlex.join([*words, scenario])
