"""Answers and conversations that are far longer than usual, through the whole rig."""

from pathlib import Path
from typing import TypeVar

import pytest

from benchmarks.unit import spoken
from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.history import Asked, Committed, read
from midstream.harness.record.ops import Settle, ToolExec
from midstream.harness.runs.campaign import RunOutcome
from midstream.mock_server.dialects.openai_assistants.synthesis.script import (
    SourcePlayer,
)
from midstream.mock_server.dialects.openai_assistants.synthesis.source import (
    CallFunctions,
    FunctionCall,
    Say,
    Source,
)
from midstream.mock_server.recordings.cassette import ASSISTANTS, Cassette
from midstream.mock_server.recordings.cassette_file import dumps
from tests.e2e.helpers_runs import one

T = TypeVar("T")
pytestmark = pytest.mark.toxiproxy

EVENTS = 20_000
ROUNDS = 300
SCENARIO = """
description = "Much more than usual, as fast as it comes."
expectation = "The whole answer is shown, once, in order."
sources = ["what users ask for"]
cassettes = ["{cassette}"]
workload = "{workload}"
phase = "{phase}"
fault_class = "recoverable"
speed = 0
budget_s = 120
idle_s = 60
"""
CUT = """
[[faults]]
kind = "cut"
at = { event = "thread.message.delta", nth = 10_000 }
"""


def run(folder: Path, cassette: Cassette, workload: str, fault: str = "") -> RunOutcome:
    """Run the reference client against *cassette*, each file in *folder*."""
    played, scenario = folder / "long.jsonl", folder / "long.toml"
    played.write_text(dumps(cassette), encoding="utf-8")
    phase = "P9" if fault else "none"
    text = SCENARIO.format(cassette=played, workload=workload, phase=phase)
    scenario.write_text(text + fault, encoding="utf-8")
    return one(CLIENTS["reference"](), str(scenario), folder / "runs")


def told(outcome: RunOutcome, kind: type[T]) -> list[T]:
    """Return what the records of *kind* in the history of a run say."""
    bodies = (record.body for record in read(outcome.directory / "history.jsonl"))
    return [body for body in bodies if isinstance(body, kind)]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [("", Verdict.UNAFFECTED), (CUT, Verdict.RECOVERED)],
    ids=["undisturbed", "cut in the middle"],
)
def test_a_very_long_answer_is_compared_as_a_whole(
    tmp_path: Path, fault: str, verdict: Verdict
) -> None:
    """Each of 20,000 tokens comes in an event of its own, and none is lost."""
    cassette = spoken(EVENTS, token_chars=7)

    outcome = run(tmp_path, cassette, "single_turn", fault)

    judged = outcome.judgement
    assert (judged.verdict, judged.grade) == (verdict, Grade.OK), outcome.lines
    assert (judged.live, judged.final) == ("equal", "equal")
    said = len(cassette.tokens)
    assert said > EVENTS - 20
    assert (judged.tokens.said, judged.tokens.shown) == (said, said)


def test_a_turn_may_take_hundreds_of_rounds_of_tools(tmp_path: Path) -> None:
    """300 times the run asks for a tool: each is run once, and submitted once."""
    outcome = run(tmp_path, rounds_of_tools(ROUNDS), "tool_call")

    judged = outcome.judgement
    assert (judged.verdict, judged.grade) == (Verdict.UNAFFECTED, Grade.OK), (
        outcome.lines
    )
    assert (judged.live, judged.final, judged.server.runs) == ("equal", "equal", 1)
    asked = [asked.call_id for asked in told(outcome, Asked)]
    ran = [ran.call_id for ran in told(outcome, ToolExec)]
    taken = [call for made in told(outcome, Committed) for call in made.call_ids]
    assert len({*asked}) == ROUNDS
    assert asked == ran == taken
    assert [settled.claim for settled in told(outcome, Settle)] == ["complete"]


def rounds_of_tools(rounds: int) -> Cassette:
    """Return a run that asks for a tool *rounds* times in a row, then answers."""
    call = FunctionCall(
        name="look", description="Look.", arguments={"at": "it"}, output="seen"
    )
    asking = CallFunctions(calls=(call,))
    source = Source(
        title=f"{rounds} rounds of tools",
        seed=1,
        prompt="Look.",
        instructions="",
        steps=(*[asking] * rounds, Say(text="Nothing is left to look at.")),
    )
    exchanges = SourcePlayer(source).play()
    name = f"{ASSISTANTS}/rounds"
    return Cassette(name, ASSISTANTS, source.title, "made by a test", exchanges)
