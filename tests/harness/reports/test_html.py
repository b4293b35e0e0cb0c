from html.parser import HTMLParser

from midstream.harness.oracle.verdict import Grade
from midstream.harness.reports import Report
from midstream.harness.reports.html import render
from midstream.harness.reports.markup import POLICY
from midstream.harness.reports.meanings import GRADES
from tests.harness.reports.helpers_reports import (
    HOSTILE,
    failed,
    graded,
    report,
    results,
)

HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li"),
    *("b", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    *("pre", "div", "span"),
}


class Page(HTMLParser):
    """What a browser would make of a page: elements, attributes, text."""

    def __init__(self, given: Report) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(render(given).decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def test_a_failed_run_is_told_in_full() -> None:
    """The page has the verdict, the reason and the command that repeats it."""
    page = Page(report(failed("protocol/early_end")))

    assert "✗ SILENT_TRUNCATION" in page.text
    assert "I1 no_silent_loss" in page.text
    assert "midstream run --client naive --seed 7 protocol/early_end" in page.text


def test_every_grade_has_its_class() -> None:
    """Colour follows the grade, and the word stands beside it."""
    page = Page(report(*graded(*Grade)))

    classes = {attributes.get("class") for tag, attributes in page.elements}
    assert {grade.value for grade in Grade} <= classes


def test_clients_stand_side_by_side() -> None:
    """A matrix has a column for each client and totals for each."""
    suites = (results(failed()), results(*graded(Grade.OK), name="other"))

    page = Page(Report(results=suites, seed=7))

    heads = [tag for tag, _ in page.elements if tag == "th"]
    assert len(heads) == 3
    assert page.text.count("FAILED") >= 2


def test_each_grade_that_occurs_is_explained() -> None:
    """The page says what NON_STRICT means where it occurs, and only there."""
    meaning = f"~ NON_STRICT: {GRADES[Grade.NON_STRICT]}"
    assert meaning in Page(report(*graded(Grade.OK, Grade.NON_STRICT))).text
    assert meaning not in Page(report(*graded(Grade.OK))).text


def test_nothing_bad_is_said_plainly() -> None:
    """A page without red cells says so."""
    assert "Nothing failed." in Page(report(*graded(Grade.OK))).text


def test_hostile_text_stays_text() -> None:
    """Nothing a client says becomes an element or an attribute of the page."""
    page = Page(report(failed(HOSTILE, HOSTILE)))

    assert {tag for tag, _ in page.elements} <= HARMLESS
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    assert "<script>alert(1)</script>" in page.text
    assert "\\x1b[2J" in page.text
    assert "\u202e" not in page.text


def test_the_page_forbids_scripts_and_fetches() -> None:
    """Even if something slipped through, a browser would not run or load it."""
    page = Page(report(failed()))

    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in (
        page.elements
    )
    assert "default-src 'none'" in POLICY
