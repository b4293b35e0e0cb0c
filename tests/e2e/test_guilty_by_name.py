"""Clients broken on purpose: the oracle must find each guilty of its one flaw."""

from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Finding, Grade, Status, Verdict
from tests.broken_clients.zoo import ZOO, FailFast
from tests.e2e.helpers_runs import one

pytestmark = pytest.mark.toxiproxy

GUILTY = {
    "swallows_eof": ("protocol/early_end_mid_answer", "SILENT_TRUNCATION", "I1"),
    "re_posts": ("connect/drop_before_headers_run", "DUPLICATE_EFFECT", "I6"),
    "no_dedupe": ("midstream/cut_at_middle", "DUPLICATED", "I2"),
    "arrival_order": ("protocol/swapped_deltas", "REORDERED", "I3"),
    "per_chunk_utf8": ("framing/cut_inside_characters", "CORRUPTED", "I5"),
    "silent_failure": ("midstream/cut_at_middle", "FALSE_SUCCESS", "I9"),
    "waits_forever": ("midstream/stall_mid_answer", "HUNG", "I8"),
    "crashes_on_comment": ("framing/comments", "CRASHED", "C1"),
    "retry_storm": ("limits/server_error_always", "RETRY_STORM", "I12"),
    "ignores_retry_after": ("limits/retry_after_seconds", "BACKOFF_VIOLATION", "I13"),
    "runs_tools_twice": ("baseline/function_tool", "DUPLICATE_EFFECT", "I7"),
    "runs_half_a_tool": ("baseline/function_tool", "DUPLICATE_EFFECT", "I7"),
    "settles_twice": ("baseline/short_answer", "FALSE_SUCCESS", "I10"),
    "cries_wolf": ("baseline/short_answer", "FALSE_FAILURE", "I9"),
    "one_bubble": ("baseline/two_messages", "CORRUPTED", "I19"),
    "leaves_no_answer": ("midstream/cut_at_middle", "CRASHED", "I10"),
}


def violated(findings: tuple[Finding, ...]) -> dict[str, Verdict | None]:
    """Return the violated invariants by code."""
    return {f.code: f.verdict for f in findings if f.status is Status.VIOLATED}


def test_every_broken_client_has_its_scenario() -> None:
    """No flaw in the zoo goes untried."""
    assert {client.name for client in ZOO} == set(GUILTY)


@pytest.mark.parametrize("kind", ZOO, ids=lambda kind: str(kind.name))
def test_a_broken_client_is_found_guilty(tmp_path: Path, kind: type[FailFast]) -> None:
    """The headline is its flaw, the invariant is violated, and evidence is given."""
    scenario, verdict, code = GUILTY[kind.name]

    outcome = one(kind(), scenario, tmp_path, hangs=verdict == Verdict.HUNG)

    judged = outcome.judgement
    assert (judged.verdict, judged.grade) == (verdict, Grade.FAILED), judged.reason
    assert violated(judged.findings)[code] == verdict
    (found,) = (f for f in judged.findings if f.code == code)
    assert found.evidence
    assert outcome.lines


HONEST = [
    "baseline/short_answer",
    "midstream/cut_at_middle",
    "protocol/swapped_deltas",
    "framing/cut_inside_characters",
    "framing/comments",
    "baseline/function_tool",
    "limits/retry_after_seconds",
]


@pytest.mark.parametrize("scenario", HONEST)
def test_the_same_client_without_a_flaw_is_acquitted(
    tmp_path: Path, scenario: str
) -> None:
    """What the broken clients are built on recovers from nothing, and is honest."""
    outcome = one(FailFast(), scenario, tmp_path)

    assert outcome.judgement.grade in {Grade.OK, Grade.NON_STRICT}, outcome.lines


def test_the_naive_client_fails(tmp_path: Path) -> None:
    """What everyone writes first passes a part off as the whole."""
    outcome = one(CLIENTS["naive"](), "protocol/early_end_mid_answer", tmp_path)

    assert outcome.judgement.verdict is Verdict.SILENT_TRUNCATION


SDK = {
    "protocol/early_end_mid_answer": Verdict.SILENT_TRUNCATION,
    "connect/drop_before_headers_run": Verdict.DUPLICATE_EFFECT,
    "midstream/cut_after_run_completed": Verdict.FALSE_FAILURE,
    "framing/retry_field": Verdict.CRASHED,
    "midstream/cut_at_middle": Verdict.DEGRADED_HONESTLY,
    "baseline/short_answer": Verdict.UNAFFECTED,
    "baseline/function_tool": Verdict.UNAFFECTED,
}


@pytest.mark.openai
@pytest.mark.parametrize("name", ["openai_python", "openai_python_raw"])
@pytest.mark.parametrize("scenario", SDK)
def test_the_sdk_gets_the_verdict_that_was_measured(
    tmp_path: Path, name: str, scenario: str
) -> None:
    """Openai 3.54.0 does what it was seen to do by hand: docs/research/wire.md."""
    outcome = one(CLIENTS[name](), scenario, tmp_path)

    assert outcome.judgement.verdict is SDK[scenario], outcome.lines
