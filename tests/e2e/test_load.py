"""Load runs for real: who survives a storm, who does not, and what gates say of it."""

import re
from pathlib import Path

import pytest

from tests.e2e.helpers_load import (
    CALM,
    ENDED_EARLY,
    OUTAGE,
    require_quiet,
    result,
    run,
    storm,
    verdicts,
)

pytestmark = [pytest.mark.load, pytest.mark.toxiproxy]

MINE = Path(__file__).parents[2] / "docs" / "examples" / "my_locustfile.py"


@pytest.mark.alone
def test_the_reference_client_survives_a_storm(tmp_path: Path) -> None:
    """Exit 0: cuts, early ends and an outage, and no token lost, doubled or moved."""
    done = run(
        "--storm", storm(tmp_path), "-u", "8", "-r", "8", "-t", "4s", cwd=tmp_path
    )
    found = result(tmp_path)
    assert [found.totals[name] for name in ("lost", "doubled", "moved")] == [0, 0, 0]
    require_quiet(done, found)
    assert (done.code, found.verdict, found.health) == (0, "OK", ()), done.said
    assert found.totals["shown"] == found.totals["said"] > 1000
    assert found.totals["recovered"] > 0
    assert min(found.struck["cut"], found.struck["early_end"]) > 0
    (band,) = found.bands
    assert "a connection to run-1.user-" in band.effect
    assert done.said.count("✓ OK  short") == 1


@pytest.mark.openai
def test_the_sdk_loses_text_in_such_a_storm(tmp_path: Path) -> None:
    """Exit 1: the gate on what is lost says so, the one on what is doubled does not."""
    gates = ("--fail-on", "verdict:SILENT_TRUNCATION>0", "lost>0", "doubled>0")
    who = ("--client", "openai_python", *gates)
    done = run(
        "--storm",
        storm(tmp_path, ENDED_EARLY),
        *who,
        *("-u", "6", "-r", "6", "-t", "4s"),
        cwd=tmp_path,
    )
    found = result(tmp_path)
    assert (done.code, found.verdict) == (1, "FAILED"), done.said
    silent, lost = verdicts(found)["SILENT_TRUNCATION"], found.totals["lost"]
    assert min(silent, lost) > 0
    assert found.faults["early_end"]["SILENT_TRUNCATION"] == silent
    assert f" shown, {lost} lost, 0 doubled" in done.said
    assert [gate.status for gate in found.gates] == ["FAIL", "FAIL", "PASS"]
    assert f"FAIL     verdict:SILENT_TRUNCATION>0  {silent}" in done.said


@pytest.mark.alone
def test_a_gate_on_what_never_happened_voids_the_run(tmp_path: Path) -> None:
    """Exit 3: nobody had to recover, so nothing is known of recovery."""
    gates = ("--fail-on", "lost>0", "recovery_p95>5s")
    calm = storm(tmp_path, CALM)
    done = run("--storm", calm, *gates, "-u", "2", "-r", "2", "-t", "1s", cwd=tmp_path)
    found = result(tmp_path)
    assert [gate.status for gate in found.gates] == ["PASS", "UNKNOWN"]
    assert "? UNKNOWN  recovery_p95>5s  never measured" in done.said
    require_quiet(done, found)
    assert (done.code, found.verdict, found.health) == (3, "INVALID", ()), done.said


@pytest.mark.alone
def test_the_example_of_a_client_of_ones_own_is_judged(tmp_path: Path) -> None:
    """What an author begins with passes in good weather, under its own name."""
    mine = ("--locustfile", MINE, "--storm", storm(tmp_path, CALM))
    done = run(*mine, "-u", "2", "-r", "2", "-t", "3s", cwd=tmp_path)
    found = result(tmp_path)
    require_quiet(done, found)
    assert (done.code, found.client.name) == (0, "my_client"), done.said
    assert verdicts(found).keys() == {"UNAFFECTED"}
    assert found.totals["shown"] == found.totals["said"] > 0


def test_an_outage_leaves_its_trace_in_a_client_of_ones_own(tmp_path: Path) -> None:
    """Exit 1: it tells of no trouble, but gave up what its users waited for."""
    mine = ("--locustfile", MINE, "--storm", storm(tmp_path, OUTAGE))
    gates = ("--fail-on", "unrecovered>0", "recovery_p99>1min")
    done = run(*mine, *gates, "-u", "4", "-t", "4s", cwd=tmp_path)
    found = result(tmp_path)
    assert found.totals["lost"] > 0
    assert [gate.status for gate in found.gates] == ["FAIL", "FAIL"]
    assert "✗ FAIL     recovery_p99>1min  never" in done.said
    assert (done.code, found.verdict) == (1, "FAILED"), done.said


def test_the_example_is_short() -> None:
    """It has 40 lines of code at most, and is one class with one method."""
    lines = MINE.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if re.match(r'\s*[^#"\s]', line)]) <= 40
    assert len([line for line in lines if re.match(r"    def ", line)]) == 1
