from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from midstream.harness.oracle.verdict import Grade
from midstream.harness.reports import Report
from midstream.harness.reports.junit import render
from tests.harness.reports.helpers_reports import (
    HOSTILE,
    failed,
    graded,
    report,
    results,
)


def parsed(given: Report) -> ET.Element:
    """Return the rendered document, parsed; not parsing it is a failure."""
    return ET.fromstring(render(given))  # noqa: S314 - we wrote it


ELEMENTS = {
    Grade.OK: None,
    Grade.NON_STRICT: None,
    Grade.FAILED: "failure",
    Grade.INVALID: "error",
    Grade.INCONCLUSIVE: "error",
    Grade.UNSUPPORTED: "skipped",
}


@pytest.mark.parametrize(("grade", "element"), ELEMENTS.items(), ids=ELEMENTS)
def test_each_grade_has_its_element(grade: Grade, element: str | None) -> None:
    """Only FAILED is a failure, what proves nothing is an error."""
    (case,) = parsed(report(*graded(grade))).iter("testcase")
    names = {child.tag for child in case} - {"system-out"}
    assert names == ({element} if element else set())


def test_a_strict_report_fails_what_is_not_strict() -> None:
    """CI and the exit code agree: with --strict, NON_STRICT is a failure."""
    strict = replace(report(*graded(Grade.NON_STRICT)), is_strict=True)
    assert parsed(strict).get("failures") == "1"


def test_a_test_case_is_named_for_client_family_and_scenario() -> None:
    """CI systems group by class name: the client, then the family."""
    (case,) = parsed(report(failed("protocol/early_end"))).iter("testcase")
    assert case.get("classname") == "naive.protocol"
    assert case.get("name") == "protocol/early_end"
    assert case.get("time") == "0.414"


def test_a_failure_says_why_and_how_to_repeat_it() -> None:
    """The text of a failure is the explanation, the command included."""
    (failure,) = parsed(report(failed())).iter("failure")
    assert failure.get("message") == "SILENT_TRUNCATION: half is missing"
    assert failure.get("type") == "SILENT_TRUNCATION"
    assert failure.text is not None
    assert "I1 no_silent_loss" in failure.text
    assert "midstream run --client naive --seed 7 protocol/early_end" in failure.text


def test_the_counts_add_up_over_clients() -> None:
    """The root counts what its suites hold."""
    suites = (results(*graded(*Grade)), results(failed(), name="other"))
    root = parsed(Report(results=suites, seed=7))
    names = ("tests", "failures", "errors", "skipped")
    assert [root.get(name) for name in names] == ["7", "2", "2", "1"]
    assert [suite.get("tests") for suite in root] == ["6", "1"]


def test_hostile_text_stays_text() -> None:
    """Control characters, markup and lone surrogates cannot break the document."""
    (failure,) = parsed(report(failed(HOSTILE, HOSTILE))).iter("failure")
    assert "\\x1b[2J" in (failure.text or "")
    assert "<script>alert(1)</script>]]>" in (failure.get("message") or "")
    assert list(failure) == []
