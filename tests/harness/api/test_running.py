import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from midstream import (
    Append,
    ClientInfo,
    Conversation,
    Grade,
    MidstreamError,
    Op,
    RunResults,
    Settle,
    UnknownNameError,
    Verdict,
    judge,
    run,
)
from midstream.harness.api.running import RunningLoopError
from tests.harness.reports.helpers_reports import judged

SHORT = "baseline/short_answer"


class Liar:
    """Shows a text that nobody said, and calls it the whole answer."""

    def info(self) -> ClientInfo:
        """Say who it is."""
        return ClientInfo(name="liar", version="1", level=1)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Make an answer up."""
        for turn, _ in enumerate(conversation.turns):
            yield Append(message="m", text="Trust me.")
            yield Settle(turn=turn, claim="complete")


def results(*grades: Grade) -> RunResults:
    """Return results of these *grades*."""
    judgements = tuple(judged(grade) for grade in grades)
    return RunResults(judgements=judgements, directory=Path(), text="")


@pytest.mark.toxiproxy
def test_an_honest_client_by_name_does_not_fail(tmp_path: Path) -> None:
    """The reference client is run as by `midstream run`, and the run is stored."""
    found = run("reference", SHORT, out=tmp_path)
    [said] = found.judgements
    assert (said.scenario, said.client) == (SHORT, "reference")
    assert said.grade is not Grade.FAILED, found.text
    assert found.text.splitlines()[-1] == f"report: {found.directory}"
    [stored] = found.directory.glob("**/history.jsonl")
    assert judge(stored) == said


@pytest.mark.toxiproxy
def test_a_client_of_ones_own_is_found_guilty(tmp_path: Path) -> None:
    """An object with two methods is a client, also in a thread beside a loop."""

    async def beside() -> RunResults:
        return await asyncio.to_thread(run, Liar(), SHORT, out=tmp_path)

    found = asyncio.run(beside())
    assert not found.passed
    [said] = found.judgements
    assert said.verdict in {Verdict.CORRUPTED, Verdict.INVALID}  # the machine is busy
    assert said.verdict in found.text
    assert "--client liar" not in found.text  # no command line could repeat it


def test_no_failure_and_no_doubt_is_a_pass() -> None:
    """A run that proves nothing is no pass, and neither are no runs at all."""
    assert results(Grade.OK, Grade.NON_STRICT).passed
    for grade in (Grade.FAILED, Grade.INVALID, Grade.INCONCLUSIVE):
        assert not results(Grade.OK, grade).passed
    assert not results().passed


def test_an_unknown_name_is_said(tmp_path: Path) -> None:
    """A client or scenario that does not exist is refused before anything starts."""
    with pytest.raises(UnknownNameError, match="'reference'"):
        run("referense", SHORT, out=tmp_path)
    with pytest.raises(UnknownNameError, match=SHORT):
        run("reference", "baseline/short_answr", out=tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_running_loop_is_refused() -> None:
    """Called in a coroutine, it says what to write instead."""
    with pytest.raises(MidstreamError, match=r"await asyncio\.to_thread") as raised:
        run("reference", SHORT)
    assert isinstance(raised.value, RunningLoopError)
