"""Edge: one conversation with the fake server, without faults, judged like a run.

It tries an adapter before any fault: no Toxiproxy, no tap. The verdict is that of the
golden run, on which every faulted run rests.
"""

import asyncio
import tempfile
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns

from midstream.harness import __version__
from midstream.harness.clients import Client
from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.transport_retry import TransportRetry
from midstream.harness.oracle.verdict import Judgement
from midstream.harness.plan.plan import Plan, make_plan, select
from midstream.harness.record.bodies import (
    CaseBegin,
    CaseEnd,
    ClientExit,
    Invoked,
    Phase,
)
from midstream.harness.record.case import Case
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.history import Record, Recorder
from midstream.harness.record.ops import Op, Settle
from midstream.harness.runs.run import RunOrder, make_case
from midstream.harness.runtimes.programs import ProgramError
from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.core.journal import Entry

_PATIENCE = 0.75
"""The part of the budget after which an honest client should give up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The outcome of a trial conversation.

    Attributes:
        judgement: The oracle's judgement.
        ops: All operations of the client, in order.
        error: Which rule the program broke; empty if it broke none.
        is_late: Whether it had to be stopped.
        turns: The number of turns to settle.
        untold: Requests without an attempt, though the client claims "attempts".
    """

    judgement: Judgement
    ops: tuple[Op, ...]
    error: str
    is_late: bool
    turns: int
    untold: tuple[str, ...] = ()


async def rehearse(server: MockServer, client: Client, scenario: str) -> Rehearsed:
    """Let *client* hold the conversation of the unfaulted *scenario* with *server*.

    Raises:
        UnavailableError: The client's program does not exist.
    """
    plan = make_plan(select([scenario])[0])
    with tempfile.TemporaryDirectory(prefix="midstream-") as folder:
        order = RunOrder(
            plan=plan,
            client=client,
            info=client.info(),
            seed=0,
            key=_key(plan),
            directory=Path(folder),
        )
        recorder = Recorder(order.directory / "history.jsonl", monotonic_ns)
        try:
            return await _Rehearsal(server, order, recorder).hold()
        finally:
            recorder.close()


def _key(plan: Plan) -> str:
    return f"sk-midstream-check-{plan.scenario.id}"


class _Rehearsal:
    """A trial conversation that is being held."""

    def __init__(self, server: MockServer, order: RunOrder, recorder: Recorder) -> None:
        self._server, self._order, self._recorder = server, order, recorder
        self._records: list[Record] = []
        recorder.listeners.append(self._records.append)
        self._ops: list[Op] = []
        self._error, self._is_late = "", False

    async def hold(self) -> Rehearsed:
        case, add = make_case(self._order), self._recorder.add
        add("harness", CaseBegin(case=case, tool=__version__, toxiproxy=""))
        scenario, key = self._order.plan.scenario, self._order.key
        session = self._server.open_session(
            key,
            SessionSettings(
                cassettes=scenario.cassettes,
                speed=scenario.speed,
                chunking=scenario.chunking,
            ),
            journal=self._note,
            cassettes=self._order.plan.cassettes,
        )
        try:
            add("harness", Phase(name="safety"))
            add("client", await self._end())
            await self._server.flush(key)
            add("harness", CaseEnd(runs=dict(session.runs())))
        finally:
            await self._server.close_session(key)
        return Rehearsed(
            judgement=judge(self._records),
            ops=tuple(self._ops),
            error=self._error,
            is_late=self._is_late,
            turns=len(case.turns),
            untold=tuple(self._untold(case)),
        )

    def _untold(self, case: Case) -> list[str]:
        resending = TransportRetry(case)
        for record in self._records:
            resending.feed(record)
        return resending.untold()

    def _note(self, entry: Entry) -> None:
        self._recorder.add("server", entry)

    async def _end(self) -> ClientExit:
        """Hold the conversation within the budget; return how the client ended."""
        try:
            async with asyncio.timeout(self._order.plan.scenario.budget_s):
                await self._converse()
        except TimeoutError:
            self._is_late = True
            return ClientExit(how="killed")
        except ProgramError as error:
            self._error = str(error)
            return ClientExit(how="raised", text=self._error)
        return ClientExit(how="returned")

    async def _converse(self) -> None:
        scenario, workload = self._order.plan.scenario, self._order.plan.workload
        conversation = Conversation(
            base_url=self._server.base_url,
            api_key=self._order.key,
            turns=workload.turns,
            tools=workload.tools,
            idle_s=scenario.idle_s,
            total_s=scenario.budget_s * _PATIENCE,
        )
        self._invoke(0)
        async with aclosing(self._order.client.converse(conversation)) as ops:
            async for op in ops:
                self._recorder.add("client", op)
                self._ops.append(op)
                if isinstance(op, Settle):
                    self._invoke(op.turn + 1)

    def _invoke(self, turn: int) -> None:
        turns = self._order.plan.workload.turns
        if turn < len(turns):
            self._recorder.add("harness", Invoked(turn=turn, text=turns[turn]))
