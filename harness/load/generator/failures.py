"""Edge: stores the conversations that did not pass, as runs like any other.

`midstream check DIR` judges them again. Only a few of each verdict are stored, because
under load thousands are alike.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.record.case import Case
from midstream.harness.record.history import Record, case_file, history_file

PER_VERDICT: Final = 5
"""How many conversations of one verdict a process stores."""


class Kept:
    """The conversations that one process stores below *directory*."""

    def __init__(self, directory: Path) -> None:
        """Store nothing yet; the directory is made with the first conversation."""
        self._directory = directory
        self._counts: Counter[Verdict] = Counter()
        self._has_complained = False

    def store(
        self, case: Case, records: Sequence[Record] | None, verdict: Verdict
    ) -> str:
        """Store a conversation, unless there are enough of its verdict; return where.

        If it cannot be stored, that is printed once; the verdict counts all the same.

        Returns:
            The directory, or "" if it was not stored.
        """
        if records is None or self._counts[verdict] >= PER_VERDICT:
            return ""
        self._counts[verdict] += 1
        place = self._directory / f"{verdict.lower()}-{self._counts[verdict]}"
        try:
            _write(place, case, records)
        except OSError as error:
            self._note_failure(f"{place} cannot be written: {error.strerror}")
            return ""
        return str(place)

    def _note_failure(self, text: str) -> None:
        if not self._has_complained:
            self._has_complained = True
            sys.stderr.write(f"midstream: {text}\n")


def _write(place: Path, case: Case, records: Sequence[Record]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "case.json").write_bytes(case_file(case))
    (place / "history.jsonl").write_bytes(history_file(records))
    (place / "verdict.json").write_bytes(encode(judge(records)))
