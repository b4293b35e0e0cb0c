"""Edge: many runs at once, and the golden runs that they rest on.

A faulted run proves something only if the same client can hold the same conversation
without faults. That golden run is made once for each client, cassette, workload and set
of waived invariants; a run whose golden run failed is INVALID. Each run has its own
key, session, proxy and tap; all share one server and one Toxiproxy.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Protocol

from midstream.harness.clients import Client, ClosableClient, OpenableClient
from midstream.harness.oracle.grading import is_untold
from midstream.harness.oracle.judge import explain
from midstream.harness.oracle.verdict import (
    Grade,
    Judgement,
    ServerCounts,
    Timing,
    Verdict,
)
from midstream.harness.path.toxiproxy import Toxiproxy
from midstream.harness.plan.plan import Plan
from midstream.harness.record.case import Case, ClientInfo
from midstream.harness.record.history import read
from midstream.mock_server import MockServer
from midstream.mock_server.control.gc_tuning import gc_frozen

from .directory import new_directory
from .run import Rig, RunOrder, make_case, run
from .slots import RunSlots

GOLDEN_PASSES = frozenset({Verdict.UNAFFECTED, Verdict.DEGRADED_HONESTLY})
"""A golden run may end in an honest failure, if the cassette records one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How to run: *jobs* runs at once, stored below *out*, sampled from *seed*.

    Clients that need whole processors have fewer runs at once.

    Each plan is run *repeat* times, always with the same seed.
    """

    jobs: int
    seed: int
    out: Path
    repeat: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """One finished run, stored in *directory*; *lines* explain a failed one."""

    judgement: Judgement
    directory: Path
    duration_s: float
    lines: tuple[str, ...] = ()


class CampaignProgress(Protocol):
    """Receives the progress of a campaign."""

    def started(self, client: str, scenario: str) -> None:
        """Receive that a run has begun."""

    def finished(self, client: str, outcome: RunOutcome) -> None:
        """Receive the outcome of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResults:
    """The results of `run_all`: outcomes by client, in the order of the plans.

    With repetitions, all plans come once before any plan comes again.
    """

    directory: Path
    toxiproxy_version: str
    by_client: dict[str, list[RunOutcome]]


async def run_all(
    plans: Sequence[Plan],
    clients: Sequence[Client],
    settings: RunSettings,
    progress: CampaignProgress,
) -> CampaignResults:
    """Run every plan against every client.

    If cancelled, it tears the current runs down and returns nothing; *progress* has
    received the outcomes so far.

    Raises:
        UnavailableError: Toxiproxy is not installed; the message says how to get it. Or
            *settings.out* cannot be written.
    """
    directory = new_directory(settings.out)
    log = directory / "toxiproxy.log"
    async with MockServer() as server, Toxiproxy.start(log) as toxiproxy:
        rig = Rig(server=server, toxiproxy=toxiproxy)
        crowd = _Crowd(rig, settings, directory, progress)
        try:
            await _open(clients)
            tested = [_Tested(client, client.info()) for client in clients]
            with gc_frozen():
                rows = await asyncio.gather(
                    *(crowd.run_client(each, plans) for each in tested)
                )
        finally:
            await _close(clients)
        version = toxiproxy.version
    names = [each.info.name for each in tested]
    return CampaignResults(
        directory=directory,
        toxiproxy_version=version,
        by_client=dict(zip(names, rows, strict=True)),
    )


def run_seed(seed: int, client: str, scenario: str) -> int:
    """Return the seed of one run, which depends on these three values only."""
    text = f"{seed}:{client}:{scenario}".encode()
    return int.from_bytes(sha256(text).digest()[:4], "big")


async def _open(clients: Sequence[Client]) -> None:
    """Start what clients need for all conversations, so that no run waits for it."""
    starters = (client for client in clients if isinstance(client, OpenableClient))
    await asyncio.gather(*(starter.aopen() for starter in starters))


async def _close(clients: Sequence[Client]) -> None:
    """End what clients keep between conversations, such as processes or a browser."""
    holders = (client for client in clients if isinstance(client, ClosableClient))
    await asyncio.gather(*(holder.aclose() for holder in holders))


@dataclass(frozen=True, slots=True)
class _Tested:
    """A client and its description, which is read once because that takes time."""

    client: Client
    info: ClientInfo


class _Crowd:
    """All runs of one call, a few at a time."""

    def __init__(
        self,
        rig: Rig,
        settings: RunSettings,
        directory: Path,
        progress: CampaignProgress,
    ) -> None:
        self._rig, self._settings = rig, settings
        self._directory, self._progress = directory, progress
        self._room = RunSlots(settings.jobs)
        self._golden_runs: dict[object, asyncio.Task[Judgement]] = {}
        self._count = 0

    async def run_client(
        self, tested: _Tested, plans: Sequence[Plan]
    ) -> list[RunOutcome]:
        """Run all *plans* against *tested*; the outcomes are in their order."""
        places = [self._directory]
        if self._settings.repeat > 1:
            numbers = range(1, self._settings.repeat + 1)
            places = [self._directory / f"repeat-{number}" for number in numbers]
        runs = (self._one(tested, plan, place) for place in places for plan in plans)
        return list(await asyncio.gather(*runs))

    async def _one(self, tested: _Tested, plan: Plan, place: Path) -> RunOutcome:
        name = tested.info.name
        directory = place / name / plan.scenario.id.replace("/", "__")
        order = self._order(tested, plan, directory)
        why_not = _unsupported_why(plan, tested.info)
        if why_not:
            outcome = RunOutcome(
                judgement=_unsupported(make_case(order), why_not),
                directory=directory,
                duration_s=0.0,
            )
        else:
            trouble = await self._golden_run(tested, plan) if plan.faults else ""
            async with self._room.enter(tested.client):
                self._progress.started(name, plan.scenario.id)
                outcome = await self._run(order, trouble)
        self._progress.finished(name, outcome)
        return outcome

    async def _run(self, order: RunOrder, trouble: str) -> RunOutcome:
        begun_s = perf_counter()
        judgement = await run(self._rig, order, golden_trouble=trouble)
        lines: tuple[str, ...] = ()
        if judgement.grade not in {Grade.OK, Grade.NON_STRICT}:
            records = read(order.directory / "history.jsonl")
            lines = tuple(explain(judgement, records))
        return RunOutcome(
            judgement=judgement,
            directory=order.directory,
            duration_s=perf_counter() - begun_s,
            lines=lines,
        )

    async def _golden_run(self, tested: _Tested, plan: Plan) -> str:
        """Run the plan without faults, once; return why that failed, or ""."""
        name = tested.info.name
        scenario = plan.scenario
        waived = frozenset(scenario.waived)
        recorded = (scenario.cassettes, scenario.dialect, scenario.chunking)
        key = (name, recorded, scenario.workload, waived)
        if key not in self._golden_runs:
            where = self._directory / name / f"golden-{len(self._golden_runs)}"
            order = self._order(tested, plan.golden(), where)
            self._golden_runs[key] = asyncio.ensure_future(self._guarded(order))
        judgement = await asyncio.shield(self._golden_runs[key])
        if judgement.verdict in GOLDEN_PASSES or is_untold(judgement):
            return ""
        is_whole = all(cassette.ends_well for cassette in plan.cassettes)
        if not is_whole and judgement.verdict is Verdict.DEGRADED_HONESTLY:
            return ""
        why = f"{judgement.verdict}: {judgement.reason}"
        return f"GOLDEN_RUN_FAILED: without any fault, {why}"

    async def _guarded(self, order: RunOrder) -> Judgement:
        async with self._room.enter(order.client):
            return await run(self._rig, order)

    def _order(self, tested: _Tested, plan: Plan, directory: Path) -> RunOrder:
        self._count += 1
        seed = run_seed(self._settings.seed, tested.info.name, plan.scenario.id)
        return RunOrder(
            plan=plan,
            client=tested.client,
            info=tested.info,
            seed=seed,
            key=f"sk-midstream-{self._count}-{seed}",
            directory=directory,
        )


def _unsupported_why(plan: Plan, info: ClientInfo) -> str:
    """Return why the client cannot be asked for what *plan* needs, or "".

    A client of level 0 is a program that answers once and exits, so it cannot take a
    second turn.
    """
    for cassette in plan.cassettes if info.dialects else ():
        if {cassette.dialect, cassette.speaks}.isdisjoint(info.dialects):
            spoken = ", ".join(info.dialects)
            return f"{info.name} does not speak {cassette.speaks}, only {spoken}"
    lacking = set(plan.workload.needs) - set(info.capabilities)
    if info.level == 0 and len(plan.workload.turns) > 1:
        lacking.add("second turn")
    return f"the client has no {', '.join(sorted(lacking))}" if lacking else ""


def _unsupported(case: Case, reason: str) -> Judgement:
    """Return the judgement of a run that this client does not support."""
    return Judgement(
        scenario=case.scenario,
        seed=case.seed,
        client=case.client.name,
        verdict=Verdict.UNSUPPORTED,
        grade=Grade.UNSUPPORTED,
        reason=reason,
        findings=(),
        faults=(),
        timing=Timing(),
        server=ServerCounts(),
    )
