"""Judges one stored run from Python. Reads files; loads no network code."""

from os import PathLike
from pathlib import Path

from midstream.harness.oracle.judge import judge as judge_records
from midstream.harness.oracle.verdict import Judgement
from midstream.harness.record import history


def judge(path: str | PathLike[str]) -> Judgement:
    """Judge a stored run again and return the judgement; nothing is written.

    *path* is a run's directory, or its history: a ``.jsonl`` file. The same history
    always gives the same judgement, as with ``midstream check``.

    Raises:
        HistoryError: No run is stored there, or its history cannot be read.
    """
    place = Path(path)
    file = place if place.suffix == ".jsonl" else place / "history.jsonl"
    return judge_records(history.read(file))
