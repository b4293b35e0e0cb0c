"""Edge: runs, one after the other, and how long each took."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from midstream.harness.clients import CLIENTS
from midstream.harness.errors import UnavailableError
from midstream.harness.plan.plan import Plan, make_plan, select
from midstream.harness.record.conversation import Conversation
from midstream.harness.runs.campaign import RunOutcome, RunSettings, run_all
from midstream.mock_server import MockServer, SessionSettings

from .errors import BenchmarkError
from .rounds import Spread

CALM: Final = "baseline/short_answer"
"""The scenario in which nothing goes wrong."""
CUT: Final = "midstream/reset_after_first_delta"
"""The one in which the same answer is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """What runs of one client take, in seconds.

    *calm* and *cut* are those of one run of each scenario, None: there is none; *once*
    is what all runs of a client need, however many they are.
    """

    calm: Spread | None
    cut: Spread | None
    once_s: float


class _Silent:
    """Hears how the runs go, and says nothing."""

    def started(self, client: str, scenario: str) -> None:
        """Ignore it."""

    def finished(self, client: str, outcome: RunOutcome) -> None:
        """Ignore it."""


def answer_s() -> float:
    """Return how long the scenarios' answer takes at the pace at which it is played."""
    (plan,) = _plans([CALM])
    stream = plan.cassettes[0].streams()[0]
    return stream.chunks[-1].t / plan.scenario.speed


def judged(client: str, repeat: int, folder: Path) -> RunCost:
    """Run both scenarios *repeat* times with *client*, in turns, through Toxiproxy.

    Raises:
        BenchmarkError: What the client needs is not there, or a run proves nothing.
    """
    settings = RunSettings(jobs=1, seed=0, out=folder, repeat=repeat)
    began_s = perf_counter()
    try:
        work = run_all(_plans([CALM, CUT]), [CLIENTS[client]()], settings, _Silent())
        done = asyncio.run(work)
    except UnavailableError as error:
        raise BenchmarkError(f"{client}: {error}") from error
    return _cost(done.by_client[client], perf_counter() - began_s)


def _cost(outcomes: Sequence[RunOutcome], total_s: float) -> RunCost:
    """Return what *outcomes*, which took *total_s* together, come to."""
    took = {CALM: list[float](), CUT: list[float]()}
    for outcome in outcomes:
        took[outcome.judgement.scenario].append(outcome.duration_s)
    once_s = total_s - sum(outcome.duration_s for outcome in outcomes)
    return RunCost(calm=Spread.of(took[CALM]), cut=Spread.of(took[CUT]), once_s=once_s)


def in_process(repeat: int) -> RunCost:
    """Let the reference client converse with a server in the same process, unjudged."""
    (plan,) = _plans([CALM])
    began_s = perf_counter()
    took_s = asyncio.run(_converse(plan, repeat))
    once_s = perf_counter() - began_s - sum(took_s)
    return RunCost(calm=Spread.of(took_s), cut=None, once_s=once_s)


async def _converse(plan: Plan, repeat: int) -> list[float]:
    """Return how long each conversation took."""
    took_s: list[float] = []
    client = CLIENTS["reference"]()
    scenario = plan.scenario
    settings = SessionSettings(cassettes=scenario.cassettes, speed=scenario.speed)
    async with MockServer() as server:
        for number in range(repeat):
            began_s = perf_counter()
            key = f"sk-{number}"
            server.open_session(key, settings)
            conversation = Conversation(
                base_url=server.base_url, api_key=key, turns=plan.workload.turns
            )
            async with aclosing(client.converse(conversation)) as ops:
                async for _ in ops:
                    pass
            await server.close_session(key)
            took_s.append(perf_counter() - began_s)
    return took_s


def _plans(scenarios: Sequence[str]) -> list[Plan]:
    return [make_plan(scenario) for scenario in select(scenarios)]
