"""Numbers with their unit, as people type and read them: ``800ms``, ``1.5 s``."""

import re
from math import inf
from typing import Final, Literal, TypeAlias

Measured: TypeAlias = float | Literal["never"] | None
"""A time in seconds; "never" for a wait that did not end; None if not measured."""

SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}
"""How many seconds each unit of time has."""
_NUMBER: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[a-z%µ]*)")


def split_unit(text: str) -> tuple[float, str] | None:
    """Return number and unit of *text*, or None if it is no number."""
    found = _NUMBER.fullmatch(text.strip().lower())
    if not found:
        return None
    return float(found["number"]), found["unit"].replace("µ", "u")


def seconds(text: str) -> float | None:
    """Return the time in *text*, in seconds, or None if it is no time."""
    split = split_unit(text)
    if split is None or split[1] not in SECONDS:
        return None
    return split[0] * SECONDS[split[1]]


def measured(seconds_or_none: float | None) -> Measured:
    """Return a time as files hold it: "never" for infinity, which JSON lacks."""
    return "never" if seconds_or_none == inf else seconds_or_none


def spoken(seconds_or_none: Measured) -> str:
    """Return a time for people: three digits and a fitting unit."""
    if seconds_or_none is None:
        return "-"
    if isinstance(seconds_or_none, str):
        return seconds_or_none
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds_or_none >= size:
            return f"{seconds_or_none / size:.3g} {unit}"
    return f"{seconds_or_none * 1e6:.0f} µs" if seconds_or_none else "0 ms"


def counted(number: int, word: str) -> str:
    """Return a number with its noun: "1 user", "3 users"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
