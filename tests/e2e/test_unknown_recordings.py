"""Recordings that no dialect knows: replayed, struck, and judged by no text."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Grade, Status, Verdict
from midstream.harness.record.history import Knowledge, read
from midstream.harness.record.ops import Op
from tests.broken_clients.zoo import SwallowsEof
from tests.e2e.helpers_lamp import (
    ANSWER,
    CALM,
    EARLY_END,
    REFUSAL,
    Asker,
    Liar,
    Toolsmith,
    ran,
)
from tests.e2e.helpers_runs import one

pytestmark = pytest.mark.toxiproxy


class Crasher(Asker):
    """Cannot stand an answer."""

    async def _turn(
        self, http: aiohttp.ClientSession, url: str, turn: int
    ) -> AsyncGenerator[Op, None]:
        async for op in super()._turn(http, url, turn):
            yield op
            raise RuntimeError(f"turn {turn}")


CASES = {
    "a right client": (Asker(), [ANSWER], CALM),
    "an honest one under a fault": (Asker(), [ANSWER], EARLY_END),
    "a liar under a fault": (Liar(), [ANSWER], EARLY_END),
    "a tool call": (Toolsmith(), [ANSWER], CALM + 'workload = "tool_call"\n'),
    "asking again behind a 503": (Asker(), [REFUSAL, ANSWER], CALM),
    "more turns than answers": (Asker(), [ANSWER], CALM + 'workload = "two_turns"\n'),
}


@pytest.mark.parametrize(("client", "answers", "more"), CASES.values(), ids=CASES)
def test_nobody_is_convicted_for_what_nobody_knows(
    client: Asker, answers: list[Any], more: str, tmp_path: Path
) -> None:
    """Right or wrong: the verdict is that the recording is unknown, and which it is."""
    said = ran(client, answers, more, tmp_path / "there").judgement
    assert (said.verdict, said.grade) == (Verdict.INCONCLUSIVE, Grade.INCONCLUSIVE)
    assert said.reason.startswith("no dialect knows this recording (")
    assert "lamp.jsonl" in said.reason
    assert all(report.fired and report.effect for report in said.faults)
    assert not [f for f in said.findings if f.status is Status.VIOLATED]


def test_what_a_client_does_by_itself_convicts_it(tmp_path: Path) -> None:
    """A crash is a crash, whatever was said before it."""
    said = ran(Crasher(), [ANSWER], CALM, tmp_path / "there").judgement
    assert (said.verdict, said.grade) == (Verdict.CRASHED, Grade.FAILED)


def test_the_history_says_what_the_server_knows(tmp_path: Path) -> None:
    """A stored run is judged again by that, to the same bytes."""
    outcome = ran(Asker(), [ANSWER], EARLY_END, tmp_path / "there")
    stored = list(read(outcome.directory / "history.jsonl"))
    known = [body for r in stored if isinstance(body := r.body, Knowledge)]
    assert known == [Knowledge(dialect="verbatim", tells_text=False, keeps_state=False)]
    again = encode(judge(stored))
    assert again == (outcome.directory / "verdict.json").read_bytes()


def test_an_answer_that_was_not_compared_is_not_called_whole(tmp_path: Path) -> None:
    """What a scenario waives is named, and the cut answer passes as no whole one."""
    path = tmp_path / "waiving.toml"
    path.write_text(
        'description = "Cut."\nexpectation = "-"\nsources = ["made up"]\nspeed = 4.0\n'
        'cassettes = ["openai_assistants/short_answer"]\nphase = "P5"\n'
        'fault_class = "recoverable"\n[waived]\nI1 = "open"\norder = "open"\n'
        '[[faults]]\nkind = "early_end"\n'
        'at = { event = "thread.message.delta", nth = 5 }\n',
        encoding="utf-8",
    )
    said = one(SwallowsEof(), str(path), tmp_path / "runs").judgement
    assert (said.verdict, said.grade) == (Verdict.NOT_COMPARED, Grade.OK)
    assert said.reason.endswith("not compared: I1, I3 waived")
    assert said.tokens.lost
