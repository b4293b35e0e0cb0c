"""Conditions that fail a load run: ``ttft_p95>800ms``, ``verdict:HUNG>0``.

These are not the gates at which a server stops. A condition that is true fails the run;
one on something that was never measured is UNKNOWN and makes the run INVALID.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Never

import msgspec

from midstream.harness.load.errors import GateError

from .figures import Kind, figure, kind_of, names
from .tally import Tally
from .units import SECONDS, Measured, measured, split_unit

OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
DEFAULT: Final = "failed>0"
"""The gate of a run for which no other was given."""
_GATE: Final = re.compile(
    r"\s*(?P<what>[^\s<>=!]*)\s*(?P<op>[<>=!]+)\s*(?P<than>.*?)\s*"
)


class GateStatus(StrEnum):
    """The outcome of a gate: its condition was false, true, or cannot be decided."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class LoadGate:
    """A gate: the run fails if the comparison of *what* with *limit* by *op* is true.

    *unit*, "s", "%" or empty, is that of *limit*. *text* is the gate as it was typed.
    """

    text: str
    what: str
    op: str
    limit: float
    unit: str


class GateResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The outcome of one gate.

    Attributes:
        text: The gate as it was typed.
        status: PASS, FAIL or UNKNOWN.
        value: What was measured, in *unit*. "never" stands for waits that did not end,
            and is more than any limit; None means that nothing was measured.
        limit: The limit, in *unit*.
        unit: "s", "%" or empty.
        n: How many streams, tokens, gaps or requests the value is based on.
    """

    text: str
    status: GateStatus
    value: Measured
    limit: float
    unit: str
    n: int


def parse(text: str) -> LoadGate:
    """Return the gate that *text* describes.

    Raises:
        GateError: *text* is no gate; points at the word, and says what would be right.
    """
    found = _GATE.fullmatch(text)
    if not found:
        example = "a gate is a name, a comparison and a number, such as lost>0"
        _refuse(text, (0, len(text)), example)
    what, op = found["what"], found["op"]
    kind = kind_of(what)
    if kind is None:
        near = get_close_matches(what, names(), n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else "; try ttft_p95 or lost"
        _refuse(text, found.span("what"), f"no measurement is called {what!r}{hint}")
    if op not in OPERATORS:
        problem = f"{op!r} is not a comparison; use one of: {' '.join(OPERATORS)}"
        _refuse(text, found.span("op"), problem)
    try:
        limit, unit = _limit(what, kind, found["than"])
    except ValueError as error:
        _refuse(text, found.span("than"), str(error))
    return LoadGate(text=text.strip(), what=what, op=op, limit=limit, unit=unit)


def evaluate(gates: Iterable[LoadGate], tally: Tally) -> tuple[GateResult, ...]:
    """Return the outcome of each of *gates* for *tally*."""
    return tuple(_evaluated(gate, tally) for gate in gates)


def _evaluated(gate: LoadGate, tally: Tally) -> GateResult:
    asked = figure(tally, gate.what, as_share=gate.unit == "%")
    status = GateStatus.UNKNOWN
    if asked.value is not None:
        is_true = OPERATORS[gate.op](asked.value, gate.limit)
        status = GateStatus.FAIL if is_true else GateStatus.PASS
    return GateResult(
        text=gate.text,
        status=status,
        value=measured(asked.value),
        limit=gate.limit,
        unit=gate.unit,
        n=asked.n,
    )


def _limit(what: str, kind: Kind, than: str) -> tuple[float, str]:
    """Return the limit of a gate, and its unit.

    Raises:
        ValueError: *than* is no number, or its unit is wrong; says what would be right.
    """
    split = split_unit(than.replace(" ", ""))
    if split is None:
        raise ValueError(f"{than!r} is not a number")
    number, unit = split
    if kind == "time":
        if unit not in SECONDS:
            raise ValueError(f"{what} is a time: write {number:g}ms or {number:g}s")
        return number * SECONDS[unit], "s"
    if what == "goodput" and unit != "%":
        raise ValueError(f"goodput is a share: write {number:g}%")
    if unit and (kind != "share" or unit != "%"):
        raise ValueError(f"{what} is a plain number: write {number:g}")
    if unit and number > 100:  # noqa: PLR2004 - percent
        raise ValueError("a share is at most 100%")
    return number, unit


def _refuse(text: str, span: tuple[int, int], problem: str) -> Never:
    """Raise a `GateError` that shows *text* with carets below its wrong part."""
    begin, end = span
    carets = " " * begin + "^" * max(end - begin, 1)
    raise GateError(f"{problem}\n  {text}\n  {carets}")
