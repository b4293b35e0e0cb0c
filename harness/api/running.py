"""Runs scenarios against a client from Python, as ``midstream run`` does."""

import asyncio
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.errors import HarnessError
from midstream.harness.oracle.verdict import Judgement
from midstream.harness.plan.plan import make_plan, select
from midstream.harness.reports import ClientRuns, Report, terminal
from midstream.harness.reports.console.progress import Quiet
from midstream.harness.reports.tally import EXIT_OK, grades_code
from midstream.harness.runs.campaign import RunSettings, run_all


class RunningLoopError(HarnessError, RuntimeError):
    """`run` was called in a thread that already runs an event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults:
    """The results of running scenarios against one client.

    Attributes:
        judgements: One for each scenario, in the order of their ids.
        directory: Where all runs are stored; `judge` and ``midstream check`` read it.
        text: The summary that ``midstream run`` prints at the end: why runs did not
            pass, and how many passed.
    """

    judgements: tuple[Judgement, ...]
    directory: Path
    text: str = field(repr=False)

    @property
    def passed(self) -> bool:
        """Whether ``midstream run`` would end with exit code 0."""
        return grades_code({each.grade for each in self.judgements}) == EXIT_OK


def run(
    client: Client | str,
    *patterns: str,
    seed: int = 0,
    jobs: int = 4,
    out: str | PathLike[str] = "runs",
) -> RunResults:
    """Run scenarios against *client* through the real Toxiproxy, and judge each run.

        results = run(MyClient(), "protocol/*")
        assert results.passed, results.text

    Starts and ends an event loop of its own. In a coroutine, write
    ``await asyncio.to_thread(run, MyClient())``.

    Args:
        client: An adapter of your own, or the name of one of midstream's.
        patterns: Scenario ids, with * and ? if you like, or ``.toml`` files. Without
            any, the whole catalogue is run.
        seed: The seed of all randomness.
        jobs: How many runs go on at a time.
        out: The folder below which the runs are stored.

    Raises:
        RunningLoopError: This thread already runs an event loop.
        UnknownNameError: No client or no scenario has that name.
        ScenarioFileError, ScenarioError: A scenario has a mistake.
        UnavailableError: Toxiproxy is missing, or something that the client needs; the
            message says how to get it.
    """
    _refuse_running_loop()
    tested = CLIENTS[client]() if isinstance(client, str) else client
    info = tested.info()
    plans = [make_plan(scenario) for scenario in select(patterns)]
    settings = RunSettings(jobs=jobs, seed=seed, out=Path(out))
    found = asyncio.run(run_all(plans, [tested], settings, Quiet()))
    outcomes = tuple(found.by_client[info.name])
    report = Report(
        results=(ClientRuns(info, outcomes),),
        seed=seed if isinstance(client, str) else None,  # only a name can be typed
        toxiproxy_version=found.toxiproxy_version,
        out=found.directory,
    )
    return RunResults(
        judgements=tuple(outcome.judgement for outcome in outcomes),
        directory=found.directory,
        text="\n".join(terminal.ending(report)).strip("\n"),
    )


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RunningLoopError(
        "this thread already runs an event loop, and run starts one of its own; "
        "write: await asyncio.to_thread(midstream.run, client)"
    )
