"""What pytest says last, read and added up: pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CLOSING = re.compile(r"[\d=].* in \d+\.\d+s\b.*")
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|xfailed|xpassed|error|warning)s?\b")
_ORDER = ("failed", "passed", "skipped", "xfailed", "xpassed", "warning", "error")
_NOTHING = int(pytest.ExitCode.NO_TESTS_COLLECTED)
_PLURAL = ("warning", "error")


def counts(said: str) -> Counter[str] | None:
    """Return how many tests ended how, by pytest's closing line; None: it has none.

    What a call leaves to another one is not counted.
    """
    lines = _COLOUR.sub("", said).rstrip().splitlines()
    if not lines or not _CLOSING.fullmatch(lines[-1]):
        return None
    return Counter({word: int(n) for n, word in _COUNT.findall(lines[-1])})


def named(said: str) -> list[str]:
    """Return the lines of pytest's summary that name a test that is not good."""
    lines = _COLOUR.sub("", said).splitlines()
    return [line for line in lines if line.startswith(("FAILED ", "ERROR "))]


def closing_line(all_counts: Iterable[Counter[str] | None], seconds: float) -> str:
    """Return the one line for several calls; one that said nothing is an error."""
    total: Counter[str] = Counter()
    for each in all_counts:
        total.update({"error": 1} if each is None else each)
    parts = [_part(total[word], word) for word in _ORDER if total[word]]
    minutes = f" ({timedelta(seconds=int(seconds))})" if seconds >= 60 else ""
    return f"{', '.join(parts) or 'no tests ran'} in {seconds:.2f}s{minutes}"


def _part(count: int, word: str) -> str:
    return f"{count} {word}{'s' if word in _PLURAL and count != 1 else ''}"


def exit_code(codes: Sequence[int]) -> int:
    """Return the first of a failure; to have found no test is one only for all."""
    if all(code == _NOTHING for code in codes):
        return _NOTHING
    return next((code for code in codes if code not in {0, _NOTHING}), 0)
