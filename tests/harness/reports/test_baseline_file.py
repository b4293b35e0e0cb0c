import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.oracle.verdict import Verdict
from midstream.harness.reports.baseline_file import (
    Baseline,
    BaselineError,
    KnownCell,
    dumps,
    parse,
)

GOOD = """
format = 1

[[known]]
client = "naive"
scenario = "midstream/cut_at_middle"
verdict = "SILENT_TRUNCATION"
reason = "it is naive"
"""
CELL = KnownCell(
    client="naive",
    scenario="midstream/cut_at_middle",
    verdict=Verdict.SILENT_TRUNCATION,
    reason="it is naive",
)


def test_a_file_is_a_list_of_cells() -> None:
    """Client, scenario, verdict and reason are all there is."""
    assert parse(GOOD, "b.toml") == Baseline(known=(CELL,))


MISTAKES = {
    "not TOML": ("[[known", "b.toml: not TOML: "),
    "an unknown key": (
        f"{GOOD}why = 1\n", "b.toml: $.known[0]: Object contains unknown field `why`",
    ),
    "no reason": (
        GOOD.replace('reason = "it is naive"', ""),
        "b.toml: $.known[0]: Object missing required field `reason`",
    ),
    "an empty reason": (GOOD.replace("it is naive", " "), "b.toml: $.known[0].reason"),
    "a misspelt verdict": (
        GOOD.replace("SILENT_TRUNCATION", "SILENT_TRUNCATOIN"),
        "did you mean 'SILENT_TRUNCATION'",
    ),
    "a verdict like no other": (
        GOOD.replace("SILENT_TRUNCATION", "XYZ"),
        "$.known[0].verdict: no verdict is called 'XYZ'",
    ),
    "another format": (GOOD.replace("= 1", "= 2"), "$.format: Invalid enum value 2"),
    "a wrong type": (GOOD.replace('"naive"', "7"), "$.known[0].client: Expected `str`"),
    "a cell listed twice": (
        GOOD + GOOD.replace("format = 1", ""),
        "b.toml: $.known[1]: naive midstream/cut_at_middle",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_by_file_and_place(text: str, message: str) -> None:
    """Whoever edits the file by hand is told where to look."""
    with pytest.raises(BaselineError) as raised:
        parse(text, "b.toml")
    assert message in str(raised.value)


def test_cells_are_written_in_order() -> None:
    """Two campaigns that find the same write the same file."""
    other = KnownCell(client="a", scenario="z/z", verdict=Verdict.HUNG, reason="slow")
    assert dumps(Baseline(known=(CELL, other))) == dumps(Baseline(known=(other, CELL)))


@given(st.text(st.characters(codec="utf-8")).filter(str.strip))
def test_any_reason_is_read_back(reason: str) -> None:
    """Quotes, line breaks, controls and emoji survive being written."""
    cell = KnownCell(client="c", scenario="s", verdict=Verdict.HUNG, reason=reason)
    assert parse(dumps(Baseline(known=(cell,))), "b.toml").known == (cell,)


def test_an_empty_baseline_is_a_file_too() -> None:
    """A client that has become clean keeps its file, with nothing in it."""
    assert parse(dumps(Baseline()), "b.toml") == Baseline()
