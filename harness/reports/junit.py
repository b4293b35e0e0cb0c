"""Results as JUnit XML, which every CI system can show.

One suite for each client, one test case for each run. FAILED is a failure, INVALID
and INCONCLUSIVE are errors (they say nothing about the client), UNSUPPORTED is
skipped, NON_STRICT passes unless the report is strict, and failures that a baseline
lists are skipped.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from midstream.harness.oracle.verdict import Grade, Judgement
from midstream.harness.plain_text import neutral
from midstream.harness.reports.baseline import place_of

from . import ClientRuns, Outcome, Report
from .explain import explanation
from .meanings import GRADES

_ELEMENTS: Final = {
    Grade.FAILED: "failure",
    Grade.INVALID: "error",
    Grade.INCONCLUSIVE: "error",
    Grade.UNSUPPORTED: "skipped",
}


def render(report: Report) -> bytes:
    """Return *report* as an XML document in UTF-8."""
    root = ET.Element("testsuites", name="midstream")
    for results in report.results:
        root.append(_suite(results, report))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(results: ClientRuns, report: Report) -> ET.Element:
    """Return one client's suite."""
    cases = [_case(outcome, report) for outcome in results.outcomes]
    if report.repeat > 1:
        _number(cases)
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    seconds = sum(outcome.duration_s for outcome in results.outcomes)
    suite = ET.Element("testsuite", name=neutral(results.client.name))
    for name, count in counts.items():
        suite.set(name, str(count))
    suite.set("time", f"{seconds:.3f}")
    suite.append(_properties(results, report))
    suite.extend(cases)
    return suite


def _number(cases: Iterable[ET.Element]) -> None:
    """Number the repeats of a scenario, so that each has its own name."""
    counts = Counter[str]()
    for case in cases:
        name = case.get("name", "")
        counts[name] += 1
        case.set("name", f"{name} (repeat {counts[name]})")


def _properties(results: ClientRuns, report: Report) -> ET.Element:
    """Return the seed and the versions, which are needed to repeat the suite."""
    properties = ET.Element("properties")
    for name, value in (
        ("seed", str(report.seed)),
        ("client.version", results.client.version),
        ("toxiproxy.version", report.toxiproxy_version),
    ):
        ET.SubElement(properties, "property", name=name, value=neutral(value))
    return properties


def _case(outcome: Outcome, report: Report) -> ET.Element:
    """Return one run's test case."""
    said = outcome.judgement
    case = ET.Element(
        "testcase",
        classname=neutral(f"{said.client}.{_family(said)}"),
        name=neutral(said.scenario),
        time=f"{outcome.duration_s:.3f}",
    )
    element = _element(said.grade, is_strict=report.is_strict)
    if report.is_known(outcome):
        known = report.comparison.known[place_of(said)]
        text = f"known: {said.verdict}: {known.reason}"
        ET.SubElement(case, "skipped").set("message", neutral(text))
    elif element:
        sub = ET.SubElement(case, element)
        sub.set("message", neutral(f"{said.verdict}: {said.reason}"))
        if element != "skipped":
            sub.set("type", said.verdict.value)
            sub.text = "\n".join(explanation(outcome, report))
    else:
        text = f"{said.grade} ({GRADES[said.grade]}), {said.verdict}: {said.reason}"
        ET.SubElement(case, "system-out").text = neutral(text)
    return case


def _element(grade: Grade, *, is_strict: bool) -> str | None:
    """Return the name of the element for *grade*, or None if the run passed."""
    if is_strict and grade is Grade.NON_STRICT:
        return "failure"
    return _ELEMENTS.get(grade)


def _family(said: Judgement) -> str:
    """Return the scenario's folder with dots, or "own" if it has none."""
    return said.scenario.rpartition("/")[0].replace("/", ".") or "own"
