"""Recordings that a TOML file explains: what their clients show is judged."""

from pathlib import Path
from typing import Any

import pytest

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.oracle.verdict import Grade, Verdict
from tests.e2e.helpers_lamp import (
    ANSWER,
    CALM,
    DECLARED,
    EARLY_END,
    REFUSAL,
    SSE,
    Asker,
    Liar,
    Toolsmith,
    piece,
    ran,
)

pytestmark = pytest.mark.toxiproxy

CALL = 'data: {"call": {"id": "call_1", "name": "light", "arguments": "{}"}}\n\n'
ASKS = (200, SSE, [CALL, *ANSWER[2]])
CUT = (200, SSE, ANSWER[2][:2])
CASES: dict[str, tuple[Asker, list[Any], str, Verdict, Grade]] = {
    "a right client": (Asker(), [ANSWER], CALM, Verdict.UNAFFECTED, Grade.OK),
    "an honest one under a fault": (
        Asker(), [ANSWER], EARLY_END, Verdict.DEGRADED_HONESTLY, Grade.OK,
    ),
    "a liar under a fault": (
        Liar(), [ANSWER], EARLY_END, Verdict.SILENT_TRUNCATION, Grade.FAILED,
    ),
    "a tool call": (
        Toolsmith(), [ASKS], CALM + 'workload = "tool_call"\n', Verdict.UNAFFECTED,
        Grade.OK,
    ),
    "a tool call that nobody asked for": (
        Toolsmith(), [ANSWER], CALM, Verdict.DUPLICATE_EFFECT, Grade.FAILED,
    ),
    "asking again behind a 503": (
        Asker(), [REFUSAL, ANSWER], CALM, Verdict.UNAFFECTED, Grade.OK,
    ),
    "more turns than answers": (
        Asker(), [ANSWER], CALM + 'workload = "two_turns"\n', Verdict.UNAFFECTED,
        Grade.OK,
    ),
    "honest about what was cut when it was recorded": (
        Asker(), [CUT], CALM, Verdict.DEGRADED_HONESTLY, Grade.OK,
    ),
    "a liar about that": (Liar(), [CUT], CALM, Verdict.FALSE_SUCCESS, Grade.FAILED),
}  # fmt: skip


@pytest.mark.parametrize(
    ("client", "answers", "more", "verdict", "grade"), CASES.values(), ids=CASES
)
def test_a_client_of_a_declared_api_is_judged(  # noqa: PLR0913, PLR0917 (a table)
    client: Asker,
    answers: list[Any],
    more: str,
    verdict: Verdict,
    grade: Grade,
    tmp_path: Path,
) -> None:
    """By its text, its tools and its claims; a retry is no second effect."""
    said = ran(client, answers, DECLARED + more, tmp_path / "there").judgement
    assert (said.verdict, said.grade) == (verdict, grade), said.reason


STRIKE = """
phase = "P6"
fault_class = "ignorable"
chunking = "{chunking}"
[[faults]]
kind = "rechunk"
at = {{ event = "message", nth = 2 }}
args = {{ size = 3, pause_ms = 2 }}
"""


@pytest.mark.parametrize("chunking", ["event", "recorded"])
def test_a_fault_is_proven_however_the_chunks_came(
    chunking: str, tmp_path: Path
) -> None:
    """Also where the recorded chunks hold parts of events and several."""
    body = "".join(ANSWER[2])
    chunks = [body[i : i + 7] for i in range(0, len(body), 7)]
    more = DECLARED + STRIKE.format(chunking=chunking)
    said = ran(Asker(), [(200, SSE, chunks)], more, tmp_path / "there").judgement
    assert said.verdict is Verdict.UNAFFECTED, said.reason
    assert all(report.fired and report.effect for report in said.faults)


def test_text_of_two_messages_is_compared_by_turns(tmp_path: Path) -> None:
    """A second answer that differs from the first is its own truth."""
    other = (200, SSE, [piece("Dark."), *ANSWER[2][-1:]])
    more = DECLARED + CALM + 'workload = "two_turns"\n'
    said = ran(Asker(), [ANSWER, other], more, tmp_path / "there").judgement
    assert said.verdict is Verdict.UNAFFECTED, said.reason


@pytest.mark.parametrize("client", [CLIENTS["reference"](), Asker("else")])
def test_a_client_of_another_api_cannot_be_asked(
    client: Client, tmp_path: Path
) -> None:
    """It is not to blame for an API that it never said to speak; nothing is run."""
    answers: list[Any] = [ANSWER]
    said = ran(client, answers, DECLARED + CALM, tmp_path / "there").judgement
    assert (said.verdict, said.grade) == (Verdict.UNSUPPORTED, Grade.UNSUPPORTED)
    assert said.reason.startswith(f"{client.info().name} does not speak Lamp")


def test_a_client_that_says_its_api_is_asked(tmp_path: Path) -> None:
    """By the title of the declaration."""
    answers: list[Any] = [ANSWER]
    client = Asker("else", "Lamp")
    said = ran(client, answers, DECLARED + CALM, tmp_path / "there").judgement
    assert said.verdict is Verdict.UNAFFECTED, said.reason


@pytest.mark.parametrize("chunking", ["event", "recorded"])
@pytest.mark.parametrize(
    ("at", "pieces"),
    [('{ event = "text", nth = 3 }', 2), ('{ event = "terminal" }', 4)],
)
def test_a_place_is_named_by_what_an_event_is_for(
    at: str, pieces: int, chunking: str, tmp_path: Path
) -> None:
    """Also where all events have one name, or none."""
    more = EARLY_END.replace('{ event = "message", nth = 2 }', at)
    more = f'{DECLARED}chunking = "{chunking}"\n{more}'
    said = ran(Asker(), [ANSWER], more, tmp_path / "there").judgement
    assert said.verdict is Verdict.DEGRADED_HONESTLY, said.reason
    (report,) = said.faults
    assert report.effect["pieces"] == pieces
