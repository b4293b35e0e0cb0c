"""Runs of the real thing, for the tests in this folder."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from midstream.harness.clients import Client
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.plan.plan import make_plan, select
from midstream.harness.runs.campaign import (
    CampaignResults,
    RunOutcome,
    RunSettings,
    run_all,
)
from midstream.scenarios import Scenario

AGAIN = 3
HANGS_S = 3.0
"""Enough for who hangs: more than twice what any client is told to wait there."""


class Quiet:
    """Hears how the runs go, and says nothing."""

    def started(self, client: str, scenario: str) -> None:
        """Ignore it."""

    def finished(self, client: str, outcome: RunOutcome) -> None:
        """Ignore it."""


def campaign(  # noqa: PLR0913 - half of them have defaults
    clients: Sequence[Client],
    patterns: Sequence[str],
    out: Path,
    *,
    jobs: int = 4,
    seed: int = 0,
    hangs: Collection[str] = (),
) -> CampaignResults:
    """Run the scenarios that match *patterns* against *clients*.

    A run that the oracle refuses to judge because the machine was too slow for it
    says nothing, of the client or of us: it is run again, by itself. Scenarios named
    in *hangs* have a small budget: their clients do not end, however long one waits.
    """
    plans = [make_plan(_hurried(each, hangs)) for each in select(patterns)]
    settings = RunSettings(jobs=jobs, seed=seed, out=out)
    done = asyncio.run(run_all(plans, clients, settings, Quiet()))
    for client in clients:
        row = done.by_client[client.info().name]
        for place, plan in enumerate(plans):
            for _ in range(AGAIN):
                if not _was_too_slow(row[place]):
                    break
                alone = RunSettings(jobs=1, seed=seed, out=out)
                again = asyncio.run(run_all([plan], [client], alone, Quiet()))
                row[place] = again.by_client[client.info().name][0]
    return done


def _hurried(scenario: Scenario, hangs: Collection[str]) -> Scenario:
    """Return *scenario*, with a small budget if it is one in which somebody hangs."""
    if scenario.id not in hangs:
        return scenario
    return msgspec.structs.replace(scenario, budget_s=HANGS_S)


def _was_too_slow(outcome: RunOutcome) -> bool:
    """Say whether the oracle gave no verdict for want of speed."""
    said = outcome.judgement
    if said.verdict not in {Verdict.INVALID, Verdict.INCONCLUSIVE}:
        return False
    return "OVERLOADED" in said.reason or "still speaking" in said.reason


def one(client: Client, scenario: str, out: Path, *, hangs: bool = False) -> RunOutcome:
    """Run one scenario against one client; *hangs*: it is going to hang there."""
    done = campaign([client], [scenario], out, hangs=[scenario] if hangs else [])
    (row,) = done.by_client.values()
    return row[0]
