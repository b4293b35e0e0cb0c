"""Load runs that are not the ones that were asked for, and do not pass for them."""

from pathlib import Path

import pytest

from midstream.harness.load.storm.sampling import AGAIN_S
from tests.e2e.helpers_load import CALM, result, run, storm

pytestmark = [pytest.mark.load, pytest.mark.toxiproxy]

MINE = Path(__file__).parents[2] / "docs" / "examples" / "my_locustfile.py"
USERS, RUN_S = 4, 4
FAR = """
[[phases.faults]]
kind = "cut"
part = 1.0
args = { bytes = 5000000 }
"""
NEAR = """
[[phases.faults]]
kind = "cut"
part = 1.0
args = { bytes = 1500 }

[[phases.outages]]
after = 0.2
for_s = 1.5
"""


def test_a_rate_that_nobody_is_free_for_is_not_met(tmp_path: Path) -> None:
    """Exit 3: one user is busy while hundreds should begin, and they are counted."""
    calm = storm(tmp_path, f"{CALM}arrival = {{ rate_per_s = 100.0 }}\n")
    done = run("--storm", calm, "-u", "1", "-t", "2s", cwd=tmp_path)
    found = result(tmp_path)
    paced, missed = found.totals["paced"], found.totals["missed"]
    assert "missed" in [ailment.kind for ailment in found.health], done.said
    assert (done.code, missed) == (3, paced - found.totals["streams"])
    assert found.rates["goodput"] == found.totals["good"] / paced
    assert f"paced starts: {paced}, {missed} of them missed" in done.said


def test_a_fault_that_never_strikes_is_not_survived(tmp_path: Path) -> None:
    """Exit 3: it was drawn for every stream, and lies behind the end of all."""
    far = storm(tmp_path, CALM + FAR)
    done = run("--storm", far, "-u", "12", "-r", "12", "-t", "4s", cwd=tmp_path)
    found = result(tmp_path)
    assert ("no_effect", "cut") in [(a.kind, a.who) for a in found.health], done.said
    assert (done.code, found.struck) == (3, {"cut": 0})
    assert found.faults == {"cut": {"UNAFFECTED": found.totals["streams"]}}


def test_a_client_that_fails_at_once_does_not_spin(tmp_path: Path) -> None:
    """It waits before it tries again, and no cut is blamed for the outage."""
    near = storm(tmp_path, CALM + NEAR)
    mine = ("--locustfile", MINE, "--storm", near)
    done = run(*mine, "-u", str(USERS), "-t", f"{RUN_S}s", cwd=tmp_path)
    found = result(tmp_path)
    refused = found.faults["none"]["DEGRADED_HONESTLY"]
    assert 0 < refused <= USERS * (1 + RUN_S / AGAIN_S), done.said
    spared = sum(found.faults["cut"].values()) - found.struck["cut"]
    assert found.struck["cut"] > 0
    assert spared <= USERS  # whom the outage has met in the middle of one
