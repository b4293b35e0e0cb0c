"""A campaign without a network: a client, a plan and a runner that we script."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.plan import plan as real_plan
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.reports.console.progress import Progress
from midstream.harness.runs import campaign as real_runner
from midstream.mock_server.core.errors import UnknownNameError
from tests.harness.reports.helpers_reports import FakeOutcome

SCENARIOS = ("family/case_0", "family/case_1")


@dataclass
class FakeRunner:
    """Stands for `plan.plan` and `runs.campaign`; *settings* is what it got.

    It finishes *outcomes* for every client, one after another, then returns them;
    *interruption* is sent to this process when the first has finished.
    """

    out: Path
    outcomes: Sequence[FakeOutcome] = ()
    interruption: signal.Signals | None = None
    settings: object = None
    selected: list[Sequence[str]] = field(default_factory=list)

    def select(self, patterns: Sequence[str]) -> list[Any]:
        """Know two scenarios, and take any file for a scenario of its stem."""
        self.selected.append(patterns)
        for pattern in patterns:
            if pattern not in SCENARIOS and not pattern.endswith(".toml"):
                raise UnknownNameError("scenario", pattern, SCENARIOS)
        names = [Path(p).stem if p.endswith(".toml") else p for p in patterns]
        return [SimpleNamespace(id=name) for name in names or SCENARIOS]

    async def run_all(
        self,
        plans: Sequence[object],
        clients: Sequence[Client],
        settings: object,
        progress: Progress,
    ) -> SimpleNamespace:
        """Tell *progress* of every outcome and return all."""
        assert len(plans) == len(self.selected[0] or SCENARIOS)
        self.settings = settings
        found: dict[str, list[FakeOutcome]] = {}
        for name in (client.info().name for client in clients):
            for outcome in self.outcomes:
                progress.started(name, outcome.judgement.scenario)
                progress.finished(name, outcome)
                found.setdefault(name, []).append(outcome)
                if self.interruption:
                    signal.raise_signal(self.interruption)
                await asyncio.sleep(0)
        return SimpleNamespace(
            directory=self.out / "now", toxiproxy_version="2.12.0", by_client=found
        )


def install_runner(
    monkeypatch: pytest.MonkeyPatch,
    out: Path,
    *outcomes: FakeOutcome,
    interruption: signal.Signals | None = None,
) -> FakeRunner:
    """Put a fake runner, and the clients "fake" and "other", in place of real ones."""
    runner = FakeRunner(out, outcomes, interruption)
    monkeypatch.setattr(real_plan, "select", runner.select)
    monkeypatch.setattr(real_plan, "make_plan", lambda scenario: scenario)
    monkeypatch.setattr(real_runner, "run_all", runner.run_all)
    monkeypatch.setattr(real_runner, "RunSettings", SimpleNamespace)
    for name in ("fake", "other"):
        monkeypatch.setitem(CLIENTS._found, name, client_class(name))
    return runner


def client_class(name: str, trouble: Exception | None = None) -> type[Client]:
    """Return a client class called *name*; asking who it is may raise *trouble*."""

    class FakeClient:
        def info(self) -> ClientInfo:
            if trouble is not None:
                raise trouble
            return ClientInfo(name=name, version="0.1", level=2)

        def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
            raise AssertionError(conversation)

    return FakeClient
