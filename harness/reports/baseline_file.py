"""The baseline file: cells of the matrix that are known to fail, as TOML.

Text to values and back; reads no file.
"""

import json
import tomllib
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from midstream.explain import explain
from midstream.harness.errors import HarnessError
from midstream.harness.oracle.verdict import Verdict

Place: TypeAlias = tuple[str, str]
"""A cell of the matrix: a client's name and a scenario's id."""
Text: TypeAlias = Annotated[str, Meta(pattern=r"\S")]
"""A text that says something."""

_HEADER = """\
# Known failures: cells of the matrix that may stay as they are. A cell that fails with
# another verdict still counts as a failure; one that passes is reported as fixed.
# midstream --write-baseline writes this file and keeps the reasons: write good ones.

format = 1
"""


class BaselineError(HarnessError, ValueError):
    """A baseline file has a mistake; the message says file, place and remedy."""


class KnownCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One known failure: client, scenario, verdict, and why it is accepted."""

    client: Text
    scenario: Text
    verdict: Verdict
    reason: Text

    @property
    def place(self) -> Place:
        """The cell's place in the matrix."""
        return self.client, self.scenario


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of a file: the known failures, each listed once."""

    format: Literal[1] = 1
    known: tuple[KnownCell, ...] = ()


def parse(text: str, shown: str) -> Baseline:
    """Return the baseline in *text*; messages call its file *shown*.

    Raises:
        BaselineError: *text* is not TOML, not a baseline, or lists a cell twice.
    """
    try:
        baseline = msgspec.convert(tomllib.loads(text), Baseline)
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{shown}: not TOML: {error}") from error
    except RecursionError as error:
        raise BaselineError(f"{shown}: nested too deeply") from error
    except msgspec.ValidationError as error:
        raise BaselineError(f"{shown}: {explain(str(error), Baseline)}") from error
    _require_unique(baseline, shown)
    return baseline


def dumps(baseline: Baseline) -> str:
    """Return *baseline* as TOML that `parse` reads back, sorted by cell."""
    cells = sorted(baseline.known, key=lambda cell: cell.place)
    return _HEADER + "".join(f"\n[[known]]\n{_table(cell)}" for cell in cells)


def _require_unique(baseline: Baseline, shown: str) -> None:
    """Refuse a cell that is listed twice, since only one of the two could count."""
    seen: dict[Place, int] = {}
    for index, cell in enumerate(baseline.known):
        first = seen.setdefault(cell.place, index)
        if first != index:
            raise BaselineError(
                f"{shown}: $.known[{index}]: {cell.client} {cell.scenario} is listed "
                f"at $.known[{first}] already; remove one of the two"
            )


def _table(cell: KnownCell) -> str:
    """Return one cell's keys and values."""
    fields = msgspec.structs.asdict(cell)
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in fields.items())


def _quoted(text: str) -> str:
    """Return *text* as a TOML basic string.

    TOML 1.0, "String": its escapes are JSON's, but for surrogates, which stay out as
    characters are written as they are, and for U+007F, which has to be escaped.
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
