import json
from typing import Any

import msgspec
import pytest

from midstream.harness import __version__
from midstream.harness.oracle.verdict import Grade
from midstream.harness.reports import Report
from midstream.harness.reports.json_file import (
    RunDocument,
    encode,
    matrix_document,
    run_document,
)
from tests.harness.reports.helpers_reports import failed, graded, report, results


def test_a_run_document_has_the_promised_shape() -> None:
    """Scripts find every key that the command line's contract names."""
    document: dict[str, Any] = json.loads(encode(run_document(report(failed()))))
    assert document["format"] == 1
    assert document["tool"] == {"name": "midstream", "version": __version__}
    assert document["toxiproxy"] == {"version": "2.12.0"}
    assert document["client"] == {"name": "naive", "version": "1.2", "level": 2}
    assert document["seed"] == 7
    assert document["summary"]["FAILED"] == 1
    assert sum(document["summary"].values()) == len(document["runs"]) == 1


def test_a_run_tells_all_the_oracle_said() -> None:
    """Findings, faults, timing and counts stand in the run as they were judged."""
    (run,) = json.loads(encode(run_document(report(failed()))))["runs"]
    assert (run["scenario"], run["seed"]) == ("protocol/early_end", 77)
    assert (run["verdict"], run["grade"]) == ("SILENT_TRUNCATION", "FAILED")
    (finding,) = run["findings"]
    assert (finding["invariant"], finding["status"]) == ("no_silent_loss", "holds")
    assert finding["evidence"] == [3, 5]
    (fault,) = run["faults"]
    assert fault["kind"] == "cut"
    assert fault["at"] == {"nth": 2}
    assert fault["fired"] is True
    assert fault["effect"] == {"seq": [4]}
    assert run["timing"] == {"ttft_s": 0.1, "total_s": 0.4, "recovery_s": None}
    assert run["server"] == {"messages": 1, "runs": 1, "requests": 3}
    assert run["dir"] == "runs/r2"


def test_a_run_document_reads_back_equal() -> None:
    """What is written can be read by its own strict struct."""
    document = run_document(report(failed(), *graded(*Grade)))
    assert msgspec.json.decode(encode(document), type=RunDocument) == document


def test_a_matrix_has_a_part_for_each_client() -> None:
    """Each client's runs and summary stand apart, in the order asked for."""
    both = Report(
        results=(results(failed()), results(*graded(Grade.OK), name="reference")),
        seed=7,
    )
    document = json.loads(encode(matrix_document(both)))
    clients = document["clients"]
    assert [part["client"]["name"] for part in clients] == ["naive", "reference"]
    assert [part["summary"]["OK"] for part in clients] == [0, 1]
    assert document["format"] == 1


def test_a_run_document_is_about_one_client() -> None:
    """Several clients in one run document would be a mistake of ours."""
    with pytest.raises(ValueError, match="unpack"):
        run_document(Report(results=(results(), results()), seed=7))
