from midstream.harness.reports import Report
from midstream.harness.reports.markdown import table
from tests.harness.reports.helpers_reports import HOSTILE, failed, report, results


def test_the_table_is_a_table() -> None:
    """Every row has as many cells as the header, and the rule stands second."""
    both = Report(results=(results(failed()), results(name="reference")), seed=7)
    lines = table(both).splitlines()
    assert lines[0] == "| scenario | naive | reference |"
    assert lines[1] == "| --- | --- | --- |"
    assert lines[2] == "| protocol/early_end | ✗ SILENT_TRUNCATION | not run |"
    assert {line.count("|") for line in lines} == {4}


def test_hostile_names_cannot_break_out_of_a_cell() -> None:
    """Bars, tags, links and line breaks of a scenario's name are escaped."""
    lines = table(report(failed(HOSTILE))).splitlines()
    assert len(lines) == 9
    assert "<script>" not in lines[2]
    assert "&lt;script&gt;" in lines[2]
    assert lines[2].replace("\\|", "").count("|") == 3
