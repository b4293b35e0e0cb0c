"""Edge: one run, from an empty directory to a verdict.

It sets up a session on the server, a proxy and a tap; lets the client hold its
conversation while the nemesis injects the faults; waits until all connections are
closed; and judges the history. A failure on our side becomes a record, which makes this
run INVALID and leaves the others alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns

from midstream.harness import __version__
from midstream.harness.clients import Client
from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Judgement
from midstream.harness.path.nemesis import Nemesis, placed
from midstream.harness.path.tap import Tap
from midstream.harness.path.toxiproxy import Toxiproxy
from midstream.harness.plan.plan import Plan
from midstream.harness.record.case import Case, ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.history import (
    CaseBegin,
    CaseEnd,
    ClientExit,
    Crossed,
    Ended,
    HarnessTrouble,
    Invoked,
    Opened,
    Phase,
    Recorder,
    case_file,
    read,
)
from midstream.harness.record.ops import Settle
from midstream.mock_server import (
    Gated,
    Injection,
    MockServer,
    Session,
    SessionSettings,
    StopAtGate,
)
from midstream.mock_server.core.journal import Entry
from midstream.mock_server.serving.lateness import Standstill

from . import loop_lag

_QUIET_S = 1.5
"""The longest wait for connections to close after the client has ended."""
_CALM = 3
"""How much longer a golden run's streams stay open. It is paced fast, and a client that
fails it gets no verdict at all."""
_PATIENCE = 0.75
"""The part of the budget after which an honest client should give up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """The part that all runs share: one fake server and one Toxiproxy."""

    server: MockServer
    toxiproxy: Toxiproxy


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """What to run: *key* is unique among all runs and names the server's session.

    *info* is the client's description, which takes time to read.
    """

    plan: Plan
    client: Client
    info: ClientInfo
    seed: int
    key: str
    directory: Path


async def run(rig: Rig, order: RunOrder, *, golden_trouble: str = "") -> Judgement:
    """Execute *order* and judge it; its directory then holds case, history and verdict.

    *golden_trouble* says why the golden run failed, if it did.
    """
    order.directory.mkdir(parents=True, exist_ok=True)
    case = make_case(order)
    (order.directory / "case.json").write_bytes(case_file(case))
    path = order.directory / "history.jsonl"
    recorder = Recorder(path, monotonic_ns)
    try:
        version = rig.toxiproxy.version
        begin = CaseBegin(case=case, tool=__version__, toxiproxy=version)
        recorder.add("harness", begin)
        if golden_trouble:
            recorder.add("harness", HarnessTrouble(text=golden_trouble))
        await _Execution(rig, order, case, recorder).go()
    finally:
        recorder.close()
    judgement = judge(read(path))
    (order.directory / "verdict.json").write_bytes(encode(judgement))
    return judgement


def make_case(order: RunOrder) -> Case:
    """Return the case with which the run's history begins."""
    plan, scenario = order.plan, order.plan.scenario
    return Case(
        scenario=scenario.id,
        seed=order.seed,
        client=order.info,
        turns=plan.workload.turns,
        faults=tuple(fault.armed for fault in plan.faults),
        expect=plan.expect,
        fault_class=scenario.fault_class,
        budget_s=scenario.budget_s,
        waived=scenario.waived,
        is_golden=plan.is_golden,
        phase=scenario.phase,
        cassettes=scenario.cassettes,
    )


class _Execution:
    """One run in progress."""

    def __init__(
        self, rig: Rig, order: RunOrder, case: Case, recorder: Recorder
    ) -> None:
        self.rig, self.order, self.case = rig, order, case
        self.add = recorder.add
        self.started_at_s = 0.0
        self.nemesis: Nemesis | None = None

    async def go(self) -> None:
        """Set up, converse, drain, tear down."""
        try:
            async with self._session() as session, self._path() as tap:
                await self._act(tap)
                self.add("harness", Phase(name="drain"))
                await self.rig.server.flush(self.order.key)
                if self.nemesis is not None:
                    await self.nemesis.acted()
                await tap.quiet(_QUIET_S)
                self.add("harness", CaseEnd(runs=dict(session.runs())))
        except Exception as error:  # noqa: BLE001  # any failure spoils this run only
            self.add("harness", HarnessTrouble(text=f"{type(error).__name__}: {error}"))

    async def _act(self, tap: Tap) -> None:
        """Let the client converse under faults until it ends, or its time is up."""
        scenario = self.order.plan.scenario
        conversation = Conversation(
            base_url=f"http://127.0.0.1:{tap.port}{self._mount()}/v1",
            api_key=self.order.key,
            turns=self.case.turns,
            tools=self.order.plan.workload.tools,
            idle_s=scenario.idle_s,
            total_s=scenario.budget_s * _PATIENCE,
            seed=self.order.seed,
        )
        self.add("harness", Phase(name="safety"))
        if self.nemesis is not None:
            await self.nemesis.begin()
        self.started_at_s = asyncio.get_running_loop().time()
        work = asyncio.ensure_future(self._converse(conversation))
        try:
            with Standstill(loop_lag.BEAT_S) as standstill:
                await self._watch(work)
        finally:
            work.cancel()
            await asyncio.wait({work}, timeout=_QUIET_S)
        trouble = loop_lag.trouble(standstill.worst_s, scenario.idle_s)
        if trouble:
            self.add("harness", HarnessTrouble(text=trouble))

    async def _converse(self, conversation: Conversation) -> None:
        """Record the client's operations until it ends, however it ends."""
        self.add("harness", Invoked(turn=0, text=self.case.turns[0]))
        try:
            async with aclosing(self.order.client.converse(conversation)) as ops:
                async for op in ops:
                    self.add("client", op)
                    if isinstance(op, Settle):
                        self._invoke(op.turn + 1)
        except Exception as error:  # noqa: BLE001  # what it did wrong is data
            text = f"{type(error).__module__}.{type(error).__name__}: {error}"
            self.add("client", ClientExit(how="raised", text=text))
        else:
            self.add("client", ClientExit(how="returned"))

    def _invoke(self, turn: int) -> None:
        if turn < len(self.case.turns):
            self.add("harness", Invoked(turn=turn, text=self.case.turns[turn]))

    def _mount(self) -> str:
        """Return what stands in front of each path: the key, if no request has one."""
        declared = self.order.plan.cassettes[0].declaration
        is_prefix = declared is not None and declared.request.key == "path"
        return f"/{self.order.key}" if is_prefix else ""

    async def _watch(self, work: asyncio.Future[None]) -> None:
        """Wait for *work*, but at most the budget, counted from the last heal."""
        clock = asyncio.get_running_loop().time
        while not work.done():
            healed_at_s = self.nemesis.healed_at_s if self.nemesis else None
            since_s = max(self.started_at_s, healed_at_s or 0.0)
            left_s = since_s + self.case.budget_s - clock()
            if left_s <= 0:
                self.add("client", ClientExit(how="killed"))
                return
            await asyncio.wait({work}, timeout=left_s)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        """Open the run's session on the server, with an injection for every fault."""
        scenario = self.order.plan.scenario
        tail_s = scenario.tail_s
        if tail_s is None:
            tail_s = self.case.client.tail_s * (_CALM if self.case.is_golden else 1)
        settings = SessionSettings(
            cassettes=scenario.cassettes,
            speed=scenario.speed,
            tail_s=tail_s,
            chunking=scenario.chunking,
            on_disconnect=scenario.on_disconnect,
            seed=self.order.seed,
        )
        injections = tuple(
            Injection(
                name=fault.armed.id,
                at=fault.position,
                fault=fault.server or StopAtGate(name=fault.armed.id),
            )
            for fault in self.order.plan.faults
            if fault.position is not None
        )
        session = self.rig.server.open_session(
            self.order.key,
            settings,
            injections=injections,
            journal=self._note_server,
            on_gate=self._on_gate,
            cassettes=self.order.plan.cassettes,
        )
        try:
            yield session
        finally:
            await self.rig.server.close_session(self.order.key)

    @asynccontextmanager
    async def _path(self) -> AsyncIterator[Tap]:
        """Set up the path: a proxy with its toxics, a tap before it, a nemesis."""
        faults = self.order.plan.faults
        proxy = await self.rig.toxiproxy.create(
            self.order.key, f"127.0.0.1:{self.rig.server.port}", placed(faults)
        )
        try:
            async with Tap(proxy.port, self._note_tap) as tap:
                note = lambda body: self.add("harness", body)  # noqa: E731
                self.nemesis = Nemesis(faults, proxy, tap, note)
                try:
                    yield tap
                finally:
                    await self.nemesis.end()
        finally:
            await proxy.delete()

    async def _on_gate(self, gated: Gated) -> None:
        if self.nemesis is not None:
            await self.nemesis.on_gate(gated)

    def _note_server(self, entry: Entry) -> None:
        self.add("server", entry)

    def _note_tap(self, body: Opened | Crossed | Ended) -> None:
        self.add("tap", body)
        if isinstance(body, Ended) and self.nemesis is not None:
            self.nemesis.on_end(body)
