"""`midstream check`: judges stored runs again, without network."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from midstream.harness.errors import HistoryError
from midstream.harness.reports.tally import EXIT_FAILED, EXIT_NO_VERDICT, exit_code

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from midstream.harness.oracle.verdict import Judgement
    from midstream.harness.record.history import Record


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored run, judged again; *stored* says how ``verdict.json`` compares."""

    judgement: "Judgement"
    directory: Path
    duration_s: float
    lines: tuple[str, ...]
    stored: str


@COMMANDS.register
class CheckCommand:
    """Judge stored runs again, without network: same history, same verdict.

    A run directory holds case.json, history.jsonl and verdict.json. The command
    judges the history again and compares the result byte by byte with verdict.json;
    if there is no verdict.json, it writes one. If the two differ (another version of
    midstream, an edited history), the command says so, exits with 3 unless a run
    FAILED, and replaces verdict.json only with --update. A directory of many runs is
    searched; runs without faults (golden runs) are left out.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream check runs/latest",
        "midstream check runs/latest/naive/protocol__early_end_mid_answer",
        "midstream check --update old_runs   # replace verdicts that differ",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "directories", nargs="+", type=Path, metavar="RUN_DIR", help="stored runs"
        )
        parser.add_argument(
            "--update", action="store_true", help="replace verdicts that differ"
        )
        parser.add_argument(
            "--strict", action="store_true", help="exit 4 if a run is NON_STRICT"
        )

    @staticmethod
    def run(args: Namespace) -> int:
        """Judge all runs, print the results, and return the worst exit code."""
        found = [run for directory in args.directories for run in _runs(directory)]
        judged = [_judge(directory, is_update=args.update) for directory in found]
        say(*_lines(judged, is_strict=args.strict))
        code = exit_code(judged, strict=args.strict)
        differs = any(run.stored == _DIFFERS for run in judged)
        return max(code, EXIT_NO_VERDICT) if differs and code != EXIT_FAILED else code


_SAME, _WRITTEN, _DIFFERS, _REPLACED = (
    "same as stored",
    "written",
    "DIFFERS from what is stored",
    "replaced what was stored",
)


def _runs(directory: Path) -> list[Path]:
    """Return *directory*, or the run directories below it, sorted, without golden runs.

    Raises:
        HistoryError: No run is stored there.
    """
    if (directory / "history.jsonl").is_file():
        return [directory]
    below = sorted(path.parent for path in directory.glob("**/history.jsonl"))
    if not below:
        raise HistoryError(f"{directory}: no run is stored here (no history.jsonl)")
    return [run for run in below if not _is_golden(run)]


def _is_golden(directory: Path) -> bool:
    """Say whether the run is a golden run, whose grade means nothing."""
    from midstream.harness.record.history import CaseBegin, read  # noqa: PLC0415 - not for --help

    first = next(iter(read(directory / "history.jsonl")), None)
    body = first.body if first else None
    return isinstance(body, CaseBegin) and body.case.is_golden


def _judge(directory: Path, *, is_update: bool) -> Judged:
    """Judge the run in *directory* and compare, or write, its ``verdict.json``."""
    from midstream.harness.oracle.judge import encode, explain, judge  # noqa: PLC0415 - the same
    from midstream.harness.oracle.verdict import Grade  # noqa: PLC0415 - the same
    from midstream.harness.record.history import read  # noqa: PLC0415 - not for --help

    path = directory / "history.jsonl"
    clock = _Clock()
    judgement = judge(clock.passing(read(path)))
    is_fine = judgement.grade is Grade.OK
    return Judged(
        judgement=judgement,
        directory=directory,
        duration_s=clock.last_s,
        lines=() if is_fine else tuple(explain(judgement, read(path))),
        stored=_compare(directory / "verdict.json", encode(judgement), is_update),
    )


class _Clock:
    """Keeps the time of the last record that passed."""

    def __init__(self) -> None:
        self.last_s = 0.0

    def passing(self, records: "Iterable[Record]") -> "Iterator[Record]":
        """Yield *records* unchanged."""
        for record in records:
            self.last_s = record.t_ns / 1e9
            yield record


def _compare(path: Path, data: bytes, is_update: bool) -> str:
    """Compare *data* with the file *path*; write it if it is missing or *is_update*."""
    from midstream.harness.reports.console.files import write  # noqa: PLC0415 - not for --help

    if not path.exists():
        write(path, data)
        return _WRITTEN
    if path.read_bytes() == data:
        return _SAME
    if not is_update:
        return _DIFFERS
    write(path, data)
    return _REPLACED


def _lines(judged: Sequence[Judged], *, is_strict: bool) -> Iterator[str]:
    """Yield a line for each run, the explanation of failures, and a summary."""
    from midstream.harness.reports import Report, explain, terminal  # noqa: PLC0415 - lazy

    report = Report(results=(), seed=None, is_strict=is_strict)
    for number, run in enumerate(judged, start=1):
        line = terminal.run_line(number, len(judged), run, run.judgement.client)
        yield f"{line}  verdict.json: {run.stored}"
    for run in judged:
        if explain.needs_explanation(run, report):
            yield ""
            yield from explain.explanation(run, report)
    yield ""
    yield terminal.summary_line(judged)
    yield from terminal.grade_lines(judged)
