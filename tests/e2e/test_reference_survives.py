"""The reference client against the whole catalogue, through the real Toxiproxy."""

from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Grade, Verdict
from tests.e2e.helpers_runs import campaign

pytestmark = pytest.mark.toxiproxy

RESTARTS = {
    "protocol/dropped_delta",
    "protocol/duplicate_delta",
    "protocol/swapped_deltas",
}
"""Deltas carry no number: only the finished message shows that one was wrong."""


@pytest.mark.parametrize("seed", range(10))
def test_the_reference_client_is_acquitted_everywhere(
    tmp_path: Path, seed: int
) -> None:
    """Whatever the seed: every fault proven, no run failed, none without a verdict."""
    client = CLIENTS["reference"]()

    done = campaign([client], [], tmp_path, jobs=8, seed=seed)

    outcomes = done.by_client["reference"]
    bad = [o for o in outcomes if o.judgement.grade not in {Grade.OK, Grade.NON_STRICT}]
    assert [line for outcome in bad for line in outcome.lines] == []
    assert {
        o.judgement.scenario
        for o in outcomes
        if o.judgement.verdict is Verdict.RECOVERED_BY_RESTART
    } == RESTARTS
    unfired = [o.judgement.scenario for o in outcomes if not _all_fired(o.judgement)]
    assert unfired == []


def _all_fired(judgement: object) -> bool:
    return all(f.fired and f.effect for f in getattr(judgement, "faults", ()))
