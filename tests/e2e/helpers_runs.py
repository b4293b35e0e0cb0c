"""Runs of the real thing, for the tests in this folder."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from midstream.harness.clients import Client
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.plan.plan import make_plan, select
from midstream.harness.reports.console.progress import Quiet
from midstream.harness.runs.campaign import (
    CampaignResults,
    RunOutcome,
    RunSettings,
    run_all,
)
from midstream.scenarios import Scenario

RUNNER = asyncio.Runner()
"""One event loop for all runs of this process: a browser belongs to its loop."""
AGAIN = 3
BUSY_S = 0.5
"""Who has waited for a processor for so long has not had the machine for himself."""
SCHEDSTAT = Path("/proc/self/schedstat")
HANGS_S = 3.0
"""Enough for who hangs: more than twice what any client is told to wait there."""


def campaign(  # noqa: PLR0913 - half of them have defaults
    clients: Sequence[Client],
    patterns: Sequence[str],
    out: Path,
    *,
    jobs: int = 4,
    seed: int = 0,
    hangs: Collection[str] = (),
    again: int = AGAIN,
    spoilt: bool = False,
) -> CampaignResults:
    """Run the scenarios that match *patterns* against *clients*.

    A run without a verdict, on a machine that was too busy for it, says nothing, of the
    client or of us: it is run again, by itself. On a quiet machine it is what it is.
    Where *spoilt* on purpose, none is expected: only who says himself that the machine
    was too busy is run again.
    Scenarios named in *hangs* have a small budget: who hangs does so for ever.
    """
    before_s = _waited_s()
    plans = [make_plan(_hurried(each, hangs)) for each in select(patterns)]
    settings = RunSettings(jobs=jobs, seed=seed, out=out)
    done = RUNNER.run(run_all(plans, clients, settings, Quiet()))
    is_busy = _waited_s() - before_s > BUSY_S and not spoilt
    for client in clients:
        row = done.by_client[client.info().name]
        for place, plan in enumerate(plans):
            for _ in range(again):
                if not _says_nothing(row[place], is_busy=is_busy):
                    break
                alone = RunSettings(jobs=1, seed=seed, out=out)
                anew = RUNNER.run(run_all([plan], [client], alone, Quiet()))
                row[place] = anew.by_client[client.info().name][0]
    return done


def _hurried(scenario: Scenario, hangs: Collection[str]) -> Scenario:
    """Return *scenario*, with a small budget if it is one in which somebody hangs."""
    if scenario.id not in hangs:
        return scenario
    return msgspec.structs.replace(scenario, budget_s=HANGS_S)


def _says_nothing(outcome: RunOutcome, *, is_busy: bool) -> bool:
    """Say whether the oracle gave no verdict, and the machine may be why."""
    said = outcome.judgement
    if said.verdict not in {Verdict.INVALID, Verdict.INCONCLUSIVE}:
        return False
    return is_busy or "OVERLOADED" in said.reason or "still speaking" in said.reason


def _waited_s() -> float:
    """Return how long we have waited for a processor so far, as Linux counts it."""
    try:
        return int(SCHEDSTAT.read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def one(
    client: Client,
    scenario: str,
    out: Path,
    *,
    hangs: bool = False,
    spoilt: bool = False,
) -> RunOutcome:
    """Run one scenario against one client; *hangs*: it is going to hang there."""
    hanging = [scenario] if hangs else []
    done = campaign([client], [scenario], out, hangs=hanging, spoilt=spoilt)
    (row,) = done.by_client.values()
    return row[0]
