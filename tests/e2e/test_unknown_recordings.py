"""Recordings that no dialect knows: replayed, struck, and judged by no text."""

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Grade, Status, Verdict
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.history import Knowledge, read
from midstream.harness.record.ops import Append, Notice, Op, Settle, ToolExec
from midstream.harness.runs.campaign import RunOutcome
from tests.broken_clients.zoo import SwallowsEof
from tests.e2e.helpers_runs import one

pytestmark = pytest.mark.toxiproxy

PATH = "/v1/oracle/ask"
SSE = {"content-type": "text/event-stream"}
BUSY = {"retry-after": "0.2", "content-type": "application/json"}
WORDS = ("The ", "lamp ", "is ", "lit.")
CLAIM = "end"


def piece(text: str) -> str:
    """Return an event that says *text*, in an API of our own making."""
    return f"data: {json.dumps({'say': text})}\n\n"


ANSWER = (200, SSE, [*map(piece, WORDS), f"data: {CLAIM}\n\n"])
REFUSAL = (503, BUSY, ['{"wait": true}'])


def cassette(path: Path, *answers: tuple[int, Mapping[str, str], list[str]]) -> None:
    """Write a recording of *answers* to the one request that there is."""
    lines: list[dict[str, Any]] = [
        {"kind": "cassette", "format": 1, "dialect": "verbatim", "title": "A lamp"}
        | {"provenance": "made up"}
    ]
    for status, headers, texts in answers:
        asked = {"kind": "exchange", "method": "POST", "path": PATH, "request": None}
        lines.append({**asked, "status": status, "headers": headers})
        lines += [{"kind": "chunk", "t": 0.0, "text": text} for text in texts]
    path.write_text("".join(map(_line, lines)), encoding="utf-8")


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"


class Asker:
    """Shows what it is told; asks once more where it is refused; honest."""

    lies = False

    def info(self) -> ClientInfo:
        """Say that it tells what it shows, and the tools that it runs."""
        return ClientInfo(name="asker", version="1", level=2, capabilities=("tools",))

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Ask for an answer to each turn."""
        key = {"authorization": f"Bearer {conversation.api_key}"}
        url = conversation.base_url.removesuffix("/v1") + PATH
        async with aiohttp.ClientSession(headers=key) as http:
            for turn, _ in enumerate(conversation.turns):
                async for op in self._turn(http, url, turn):
                    yield op

    async def _turn(
        self, http: aiohttp.ClientSession, url: str, turn: int
    ) -> AsyncGenerator[Op, None]:
        is_whole = False
        for _ in range(2):
            async with http.post(url, json={}) as response:
                async for line in response.content:
                    said = line.decode().removeprefix("data: ").strip()
                    is_whole |= said == CLAIM
                    if "say" in said:
                        yield Append(message="m", text=json.loads(said)["say"])
            if response.status != REFUSAL[0]:
                break
        if not is_whole and not self.lies:
            yield Notice(text="There is no end to it.")
        done = is_whole or self.lies
        yield Settle(turn=turn, claim="complete" if done else "failed")


class Liar(Asker):
    """Calls a part of an answer the whole."""

    lies = True


class Toolsmith(Asker):
    """Runs a tool, which only the recording knows that it asks for."""

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Run it once, before it shows the answer."""
        yield ToolExec(call_id="call_1", name="light", arguments="{}")
        async for op in super().converse(conversation):
            yield op


class Crasher(Asker):
    """Cannot stand an answer."""

    async def _turn(
        self, http: aiohttp.ClientSession, url: str, turn: int
    ) -> AsyncGenerator[Op, None]:
        async for op in super()._turn(http, url, turn):
            yield op
            raise RuntimeError(f"turn {turn}")


EARLY_END = """
phase = "P5"
[[faults]]
kind = "early_end"
at = { event = "message", nth = 2 }
"""
CALM = 'phase = "none"\n'
CASES = {
    "a right client": (Asker(), [ANSWER], CALM),
    "an honest one under a fault": (Asker(), [ANSWER], EARLY_END),
    "a liar under a fault": (Liar(), [ANSWER], EARLY_END),
    "a tool call": (Toolsmith(), [ANSWER], CALM + 'workload = "tool_call"\n'),
    "asking again behind a 503": (Asker(), [REFUSAL, ANSWER], CALM),
    "more turns than answers": (Asker(), [ANSWER], CALM + 'workload = "two_turns"\n'),
}


def ran(client: Asker, answers: list[Any], more: str, folder: Path) -> RunOutcome:
    """Run *client* on a scenario of its own, in a folder where we are not."""
    folder.mkdir()
    cassette(folder / "lamp.jsonl", *answers)
    (folder / "lamp.toml").write_text(
        'description = "A lamp."\nexpectation = "Light."\nsources = ["made up"]\n'
        'cassettes = ["lamp.jsonl"]\nfault_class = "unrecoverable"\nbudget_s = 5.0\n'
        f"{more}",
        encoding="utf-8",
    )
    return one(client, str(folder / "lamp.toml"), folder / "runs")


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
