"""Runs of the real thing, for the tests in this folder."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from harness.clients import Client
from harness.plan import make_plan, select
from harness.runner import Outcome, Results, RunSettings, run_all


class Quiet:
    """Hears how the runs go, and says nothing."""

    def started(self, client: str, scenario: str) -> None:
        """Ignore it."""

    def finished(self, client: str, outcome: Outcome) -> None:
        """Ignore it."""


def campaign(
    clients: Sequence[Client],
    patterns: Sequence[str],
    out: Path,
    *,
    jobs: int = 4,
    seed: int = 0,
) -> Results:
    """Run the scenarios that match *patterns* against *clients*."""
    plans = [make_plan(scenario) for scenario in select(patterns)]
    settings = RunSettings(jobs=jobs, seed=seed, out=out)
    return asyncio.run(run_all(plans, clients, settings, Quiet()))


def one(client: Client, scenario: str, out: Path) -> Outcome:
    """Run one scenario against one client."""
    (row,) = campaign([client], [scenario], out).by_client.values()
    return row[0]
