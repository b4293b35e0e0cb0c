from html.parser import HTMLParser

import pytest

from midstream.harness.load.metrics.result import LoadResult
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.tally import METRICS
from midstream.harness.load.report.formulas import FORMULAS
from midstream.harness.load.report.html import render
from midstream.harness.load.report.style import COLOURS
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.reports.markup import POLICY
from tests.harness.load.helpers_results import result
from tests.harness.load.helpers_runs import (
    BROKEN,
    HOSTILE,
    IDLE,
    VAIN,
    broken,
    made,
    missed,
)

pytestmark = pytest.mark.load
HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "span"),
    *("b", "i", "small", "br", "ul", "li", "code", "a", "details", "summary", "table"),
    *(
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "svg",
        "path",
        "rect",
    ),
}
LOADS = {"src", "srcset", "href", "xlink:href", "action", "data", "background"}


class Page(HTMLParser):
    """What a browser would make of a page: elements, attributes, text."""

    def __init__(self, given: LoadResult) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.source = render(given).decode()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def all(self, name: str) -> list[str]:
        """Return every value of the attribute called *name*."""
        return [attrs[name] or "" for _, attrs in self.elements if name in attrs]


def test_everything_measured_is_told() -> None:
    """Verdict, tiles, gates, phases, bands, formulas, worst streams, how to repeat."""
    text = Page(broken()).text
    for words in (
        "✗ FAILED",
        "SILENT_TRUNCATION",
        "A part of the answer was passed off as the whole.",
        "failed>0",
        "down: 4 users",
        "4 connections ended",
        "half is missing",
        "runs/load/7",
        "midstream load --storm mine -u 10",
        "(last token - first token) / (tokens - 1)",
        "2 lost, 0 doubled, 0 out of order, of 6",
        "2023-11-14 22:13:20 UTC",
    ):
        assert words in text


def test_a_wait_in_vain_is_told_as_never() -> None:
    """At the top, in the table of times, and behind the gate."""
    text = Page(made(result(), VAIN, also=("recovery_p95>5s",))).text
    assert "neverrecovery, p95p50 never, p99 never, n = 1" in text
    assert "recovery_p95>5snevern = 1" in text
    assert "never" not in Page(broken()).text.replace("if none came: never", "")


def test_all_charts_share_one_time_axis() -> None:
    """Six plots, each with its name for who does not see it, and the same times."""
    page = Page(broken())
    plots = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert len(plots) == 6
    assert all(attrs["aria-label"] for attrs in plots)
    assert page.source.count('<div class="times"><span style="left:0.00%') == 6


def test_phases_and_bands_are_drawn_into_every_chart() -> None:
    """Each has a line where a phase begins, and a shade where the path was down."""
    classes = Page(broken()).all("class")
    assert classes.count("edge") == 6
    assert classes.count("band") == 6


def test_a_second_tells_what_it_held() -> None:
    """A pointer on a column of a chart finds its numbers, without any script."""
    assert "2 s\n✗ SILENT_TRUNCATION: 1" in Page(broken()).text


def test_a_band_without_effect_is_marked() -> None:
    """By a sign and a word, not by colour alone."""
    page = Page(made(result(), bands=(IDLE,)))
    assert "! down: 4 users" in page.text
    assert "no effect was seen" in page.text


def test_nothing_bad_is_said_plainly() -> None:
    """A page without red in it says so."""
    text = Page(made(result())).text
    assert "✓ Every stream passed." in text
    assert "✓ No problem of the rig was measured." in text


def test_a_run_without_a_stream_has_a_page_all_the_same() -> None:
    """Partial results are kept, and marked: also none at all."""
    text = Page(made(trouble="the master went away")).text
    assert "ended early: the master went away" in text
    assert "never measured" in text


def test_hostile_text_stays_text() -> None:
    """Nothing that anybody says becomes an element, an attribute or a style."""
    nasty = result(Verdict.SILENT_TRUNCATION, reason=HOSTILE, directory=HOSTILE)
    page = Page(
        made(nasty, BROKEN, command=HOSTILE, trouble=HOSTILE, versions={"x": HOSTILE})
    )
    assert {tag for tag, _ in page.elements} <= HARMLESS
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.source
    assert "\u202e" not in page.source


def test_the_page_loads_nothing() -> None:
    """No attribute and no style fetches, and the policy forbids it besides."""
    page = Page(broken())
    loading = [(n, a[n]) for _, a in page.elements for n in a if n in LOADS]
    assert loading == [("href", "locust.html")]
    assert not any(word in page.source for word in ("url(", "@import", "http://"))
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in (
        page.elements
    )


@pytest.mark.parametrize("path", ["javascript:alert(1)", "//evil.example/", "data:x"])
def test_a_link_is_never_more_than_a_file(path: str) -> None:
    """Whatever Locust's report is called, the link stays on this page's own place."""
    (href,) = Page(made(result(), locust_report=path)).all("href")
    assert ":" not in href
    assert not href.startswith("//")


def test_every_verdict_has_a_colour_of_its_own() -> None:
    """Two storeys of a chart never look the same."""
    assert set(COLOURS) == set(Verdict)
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_every_metric_has_its_formula() -> None:
    """No number without what it means."""
    assert list(FORMULAS) == list(METRICS)


def test_missed_starts_stand_beside_the_streams() -> None:
    """A page tells how many never began, and is silent where all did."""
    assert "; 1 start missed" in Page(missed(Share(1, 40), result())).text
    assert "missed" not in Page(made(result())).text


def test_streams_with_a_sampled_fault_stand_beside_those_it_hit() -> None:
    """By kind of fault, in columns of their own."""
    page = Page(made(BROKEN, result(fault="cut"), result()))
    assert "faultsampledhit" in page.text
    assert "cut2111" in page.text
    assert "none1-" in page.text
