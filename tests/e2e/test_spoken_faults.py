"""Faults that say something in the words of a declared API, and compressed answers."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from midstream.harness.errors import ScenarioError
from midstream.harness.oracle.verdict import Grade, Verdict
from tests.e2e.helpers_lamp import (
    ANSWER,
    API,
    CALM,
    DECLARED,
    SSE,
    WORDS,
    Asker,
    Liar,
    ran,
)

pytestmark = pytest.mark.toxiproxy

ERROR_EVENT = """
[error_event]
data = '{"wait": true}'
"""


def struck(
    kind: str, at: str = "", args: str = "", fault_class: str = "ignorable"
) -> str:
    """Return the lines of a scenario in which the server commits one fault."""
    lines = ["[[faults]]", f'kind = "{kind}"', at, args]
    return f'phase = "P5"\nfault_class = "{fault_class}"\n' + "\n".join(lines)


TEXT = 'at = { event = "text", nth = 2 }'
CASES: dict[str, tuple[Asker, str, Verdict, Grade]] = {
    "letters": (
        Asker(), struck("split_deltas", TEXT), Verdict.UNAFFECTED, Grade.OK,
    ),
    "text from elsewhere, which is shown": (
        Asker(), struck("foreign_event", TEXT), Verdict.CORRUPTED, Grade.FAILED,
    ),
    "an error event, told": (
        Asker(),
        struck("error_event", TEXT, fault_class="unrecoverable"),
        Verdict.DEGRADED_HONESTLY,
        Grade.OK,
    ),
    "an error event, ignored": (
        Liar(),
        struck("error_event", TEXT, fault_class="unrecoverable"),
        Verdict.SILENT_TRUNCATION,
        Grade.FAILED,
    ),
    "compressed": (Asker(), struck("compress"), Verdict.UNAFFECTED, Grade.OK),
    "compressed, and not flushed": (
        Asker(),
        struck("compress", args='args = { coding = "deflate", flush = "end" }'),
        Verdict.UNAFFECTED,
        Grade.OK,
    ),
    "compressed, and cut": (
        Asker(),
        struck(
            "compress",
            args='args = { flush = "end", cut = true }',
            fault_class="unrecoverable",
        ),
        Verdict.DEGRADED_HONESTLY,
        Grade.OK,
    ),
    "all in one piece": (
        Asker(),
        struck("rechunk", args='args = { mode = "coalesce" }'),
        Verdict.UNAFFECTED,
        Grade.OK,
    ),
    "other line ends": (
        Asker(), struck("line_endings"), Verdict.UNAFFECTED, Grade.OK,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("client", "more", "verdict", "grade"), CASES.values(), ids=CASES
)
def test_a_fault_speaks_the_api_of_the_recording(
    client: Asker, more: str, verdict: Verdict, grade: Grade, tmp_path: Path
) -> None:
    """It is proven, and the client judged, as in an API that has code of its own."""
    answers: list[Any] = [ANSWER]
    api = API + ERROR_EVENT
    said = ran(client, answers, DECLARED + more, tmp_path / "there", api).judgement
    assert (said.verdict, said.grade) == (verdict, grade), said.reason
    assert all(report.fired and report.effect for report in said.faults)


REFUSED = {
    "letters of an unknown API": (
        "",
        "split_deltas",
        "split_deltas: it says something",
    ),
    "foreign text in one": ("", "foreign_event", "foreign_event: it says something"),
    "an error in one": ("", "error_event", "error_event: it says something"),
    "an error that is not declared": (
        DECLARED,
        "error_event",
        "error_event: Lamp declares no error event; add a table [error_event]",
    ),
    "compressing behind the head": ("", "compress", "compress changes the head"),
}


@pytest.mark.parametrize(("dialect", "kind", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_said_is_refused(
    dialect: str, kind: str, problem: str, tmp_path: Path
) -> None:
    """Before the run, with the place in the file."""
    more = dialect + struck(kind, 'at = { event = "message", nth = 2 }')
    answers: list[Any] = [ANSWER]
    with pytest.raises(ScenarioError) as raised:
        ran(Asker(), answers, more, tmp_path / "there")
    assert str(raised.value).startswith(f"lamp: $.faults[0]: {problem}")


GZIP = {**SSE, "content-encoding": "gzip"}
RECORDED: dict[str, tuple[Asker, str, Verdict]] = {
    "no fault": (Asker(), CALM, Verdict.UNAFFECTED),
    "an early end": (
        Asker(),
        struck("early_end", TEXT, fault_class="unrecoverable"),
        Verdict.DEGRADED_HONESTLY,
    ),
    "an early end, passed off as the whole": (
        Liar(),
        struck("early_end", TEXT, fault_class="unrecoverable"),
        Verdict.SILENT_TRUNCATION,
    ),
    "letters": (Asker(), struck("split_deltas", TEXT), Verdict.UNAFFECTED),
}


@pytest.mark.parametrize(("client", "more", "verdict"), RECORDED.values(), ids=RECORDED)
def test_recorded_text_goes_out_compressed(
    client: Asker, more: str, verdict: Verdict, tmp_path: Path
) -> None:
    """As its header says; events, positions and proofs are those of the text."""
    answers: list[Any] = [(200, GZIP, ANSWER[2])]
    outcome = ran(client, answers, DECLARED + more, tmp_path / "there")
    said = outcome.judgement
    assert said.verdict is verdict, said.reason
    assert all(report.fired and report.effect for report in said.faults)


def test_a_path_is_cut_right_behind_a_compressed_event(tmp_path: Path) -> None:
    """The client has that event and no more; it lets the exception pass."""
    at = 'at = { event = "text", nth = 2, byte = "end" }'
    more = DECLARED + struck("cut", at, fault_class="unrecoverable")
    answers: list[Any] = [(200, GZIP, ANSWER[2])]
    said = ran(Asker(), answers, more, tmp_path / "there").judgement
    assert said.verdict is Verdict.CRASHED, said.reason
    assert (said.tokens.said, said.tokens.shown) == (4, 2)
    assert all(report.fired and report.effect for report in said.faults)


def test_a_compressed_recording_is_replayed_as_it_is(tmp_path: Path) -> None:
    """Nobody looks into it, so nobody is judged by it; its client can read it."""
    body = gzip.compress("".join(ANSWER[2]).encode())
    answers: list[Any] = [(200, GZIP, [body[:20], body[20:]])]
    outcome = ran(Asker(), answers, CALM, tmp_path / "there")
    assert outcome.judgement.verdict is Verdict.INCONCLUSIVE
    history = (outcome.directory / "history.jsonl").read_text(encoding="utf-8")
    for word in WORDS:
        assert json.dumps(word) in history


def test_without_a_fault_the_same_client_is_right(tmp_path: Path) -> None:
    """What the faults of this file do is not in the recording."""
    answers: list[Any] = [ANSWER]
    said = ran(Asker(), answers, DECLARED + CALM, tmp_path / "there").judgement
    assert said.verdict is Verdict.UNAFFECTED, said.reason
