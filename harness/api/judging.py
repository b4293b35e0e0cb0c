"""Judges one stored run from Python. Reads files; loads no network code."""

from os import PathLike
from pathlib import Path

from midstream.harness import history, oracle
from midstream.harness.verdict import Judgement


def judge(path: str | PathLike[str]) -> Judgement:
    """Judge a stored run again and return the judgement; nothing is written.

    *path* is a run's directory, or its history: a ``.jsonl`` file. The same history
    always gives the same judgement, as with ``midstream check``.

    Raises:
        HistoryError: No run is stored there, or its history cannot be read.
    """
    place = Path(path)
    file = place if place.suffix == ".jsonl" else place / "history.jsonl"
    return oracle.judge(history.read(file))
