"""The reference client against the whole catalogue, through the real Toxiproxy."""

from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.history import read
from midstream.harness.record.ops import Attempt, ClientError
from midstream.harness.runs.campaign import RunOutcome
from tests.e2e.helpers_runs import campaign

pytestmark = pytest.mark.toxiproxy

RESTARTS = {
    "protocol/dropped_delta",
    "protocol/duplicate_delta",
    "protocol/swapped_deltas",
}
"""Deltas carry no number: only the finished message shows that one was wrong."""
SEEDS = range(1, 6)
_RESTART = Verdict.RECOVERED_BY_RESTART


def test_the_reference_client_is_acquitted_everywhere(tmp_path: Path) -> None:
    """Whatever the seed: every fault proven, no run failed, none without a verdict.

    All that a seed decides is how long the client waits before it asks again, so other
    seeds are tried where it does.
    """
    outcomes = acquitted(tmp_path, [], seed=0)
    restarts = [o for o in outcomes if o.judgement.verdict is _RESTART]
    assert {o.judgement.scenario for o in restarts} == RESTARTS

    waiting = [o.judgement.scenario for o in outcomes if _waits_at_random(o)]
    assert len(waiting) > len(outcomes) / 10
    for seed in SEEDS:
        acquitted(tmp_path, waiting, seed=seed)
    for outcome in outcomes:
        _assert_judged_alike(outcome)


def acquitted(out: Path, patterns: list[str], *, seed: int) -> list[RunOutcome]:
    """Run the scenarios; require that none failed, and that each fault is proven."""
    done = campaign([CLIENTS["reference"]()], patterns, out, jobs=8, seed=seed)
    outcomes = done.by_client["reference"]
    bad = [o for o in outcomes if o.judgement.grade not in {Grade.OK, Grade.NON_STRICT}]
    assert [line for outcome in bad for line in outcome.lines] == []
    unfired = [o.judgement.scenario for o in outcomes if not _all_fired(o.judgement)]
    assert unfired == []
    return outcomes


def _all_fired(judgement: object) -> bool:
    return all(f.fired and f.effect for f in getattr(judgement, "faults", ()))


def _waits_at_random(outcome: RunOutcome) -> bool:
    """Say whether a request failed: what comes after it waits for a time drawn."""
    last, failed = "", False
    for record in read(outcome.directory / "history.jsonl"):
        match record.body:
            case ClientError(is_definite=None):
                failed = True  # a stream, or a request that only reads
            case ClientError():
                return True
            case Attempt(what=what):
                if failed and what == last:
                    return True
                last, failed = what, False
            case _:
                pass
    return False


def _assert_judged_alike(outcome: RunOutcome) -> None:
    """Require that the history alone gives the same verdict.json, byte for byte."""
    again = encode(judge(read(outcome.directory / "history.jsonl")))
    assert again == (outcome.directory / "verdict.json").read_bytes()
