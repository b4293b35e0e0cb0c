"""Edge: keeps the conversations that did not pass, as runs like any other.

`midstream check DIR` judges them again. A few of each verdict are kept: under load
there are thousands alike.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.case import Case
from harness.history import Record
from harness.oracle import encode, judge
from harness.verdict import Verdict

PER_VERDICT: Final = 5
"""How many conversations of one verdict a process keeps."""


class Kept:
    """The conversations that one process keeps below *directory*."""

    def __init__(self, directory: Path) -> None:
        """Keep nothing yet; the directory is made when there is something."""
        self._directory = directory
        self._counts: Counter[Verdict] = Counter()

    def store(
        self, case: Case, records: Sequence[Record] | None, verdict: Verdict
    ) -> str:
        """Store a conversation if its verdict has room; return where, or nothing."""
        if records is None or self._counts[verdict] >= PER_VERDICT:
            return ""
        self._counts[verdict] += 1
        place = self._directory / f"{verdict.lower()}-{self._counts[verdict]}"
        place.mkdir(parents=True, exist_ok=True)
        case_file = msgspec.json.format(msgspec.json.encode(case), indent=2)
        (place / "case.json").write_bytes(case_file + b"\n")
        lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
        (place / "history.jsonl").write_bytes(lines)
        (place / "verdict.json").write_bytes(encode(judge(records)))
        return str(place)
