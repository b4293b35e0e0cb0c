from pathlib import Path

from midstream.harness.oracle.checkers import CHECKERS
from midstream.harness.oracle.explain import in_words
from midstream.harness.oracle.verdict import Verdict

PAGE = Path(__file__).parents[3] / "docs" / "invariants.md"


def rows() -> dict[str, list[str]]:
    """Return the table's cells by the checker's name."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {row[1]: row for row in cells if row[1] != "name"}


def test_every_checker_is_on_the_page_in_its_own_words() -> None:
    """The page lists each invariant with its code, words, level and needs."""
    listed = {name: (row[0], row[2], row[4], row[6]) for name, row in rows().items()}
    assert listed == {name: _row(name) for name in CHECKERS}


def _row(name: str) -> tuple[str, str, str, str]:
    """Return the cells of an invariant that its checker knows."""
    kind = CHECKERS[name]
    return kind.code, in_words(name), str(kind.level), kind.needs or "–"  # noqa: RUF001


def test_the_page_names_no_verdict_that_is_not_there() -> None:
    """Each verdict on the page is one that the oracle can give."""
    cells = " ".join(row[5] for row in rows().values())
    words = set(cells.replace(",", " ").replace(";", " ").split())
    assert {word for word in words if word.isupper()} <= set(Verdict.__members__)


def test_codes_are_unique() -> None:
    """No two invariants have the same number."""
    codes = [CHECKERS[name].code for name in CHECKERS]
    assert len(codes) == len(set(codes))
