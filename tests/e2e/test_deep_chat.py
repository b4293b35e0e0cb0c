"""Deep Chat 2.4.2 in Chromium, through the real Toxiproxy: what it does today."""

from pathlib import Path

import pytest

from midstream.harness.oracle.verdict import Verdict
from tests.e2e.helpers_adapters import adapter, judged
from tests.e2e.helpers_runs import campaign, one

pytestmark = [
    pytest.mark.toxiproxy,
    pytest.mark.chromium,
    pytest.mark.timeout(400),  # components that hang take their whole budget
]

TODAY = {
    "baseline/short_answer": Verdict.UNAFFECTED,
    "baseline/function_tool": Verdict.UNAFFECTED,
    "baseline/two_turns": Verdict.UNAFFECTED,
    "baseline/failed": Verdict.FALSE_SUCCESS,
    "baseline/empty_answer": Verdict.HUNG,
    "midstream/cut_after_first_delta": Verdict.DEGRADED_HONESTLY,
    "midstream/cut_inside_head": Verdict.HUNG,
    "midstream/stall_mid_answer": Verdict.HUNG,
    "protocol/early_end_before_first_delta": Verdict.HUNG,
    "protocol/early_end_mid_answer": Verdict.SILENT_TRUNCATION,
}
"""Every kind of flaw that docs/deep-chat.md tells of, each by its own scenario."""

RESENT = {
    "connect/drop_before_headers_message": ("say", 1, 2),
    "connect/drop_before_headers_run": ("generate", 1, 2),
}
"""What the browser sends again by itself: attempts told, requests received."""

BUSY = {
    "framing/tail_in_one_write": {Verdict.SILENT_TRUNCATION},
    "framing/single_letters": {Verdict.HUNG, Verdict.SILENT_TRUNCATION},
}
"""What comes of it: the second takes far too long to draw, or the tail race comes."""


def test_the_catalogue_finds_what_is_documented(tmp_path: Path) -> None:
    """Each flaw is found, and what Deep Chat does well is not called a flaw."""
    found = judged("deep_chat", TODAY, tmp_path, jobs=1)

    wrong = [(s, j.reason) for s, j in found.items() if j.verdict != TODAY[s]]
    assert wrong == []
    assert len(found) == len(TODAY)


@pytest.mark.parametrize("scenario", BUSY)
def test_a_page_that_is_busy_drawing_loses(tmp_path: Path, scenario: str) -> None:
    """What a long answer brings about, by itself: judging it keeps others waiting.

    In one of sixteen runs the browser hands on the tail so that the page wins its
    race (docs/clients.md, "Where chance decides"); hence up to four.
    """
    found = []
    for attempt in range(4):
        outcome = one(adapter("deep_chat"), scenario, tmp_path / str(attempt))
        found.append(outcome.judgement.verdict)
        if found[-1] is not Verdict.UNAFFECTED:
            break
    assert found[-1] in BUSY[scenario], found


def test_the_older_spelling_is_judged_the_same(tmp_path: Path) -> None:
    """`stream` at the root gives the same verdicts as in the request object."""
    patterns = ["baseline/short_answer", "midstream/cut_after_first_delta"]
    done = campaign([adapter("deep_chat_legacy")], patterns, tmp_path, jobs=1)

    verdicts = {o.judgement.verdict for o in done.by_client["deep_chat_legacy"]}
    assert verdicts == {Verdict.UNAFFECTED, Verdict.DEGRADED_HONESTLY}


def test_the_browsers_replay_is_told_from_the_components(tmp_path: Path) -> None:
    """The component asked once, the server got it twice: the browser sent it again."""
    done = campaign([adapter("deep_chat")], list(RESENT), tmp_path, jobs=1)

    for outcome in done.by_client["deep_chat"]:
        said = outcome.judgement
        assert said.verdict is Verdict.DUPLICATE_EFFECT
        assert "the transport below the client sent it again" in said.reason
        asked = RESENT[said.scenario]
        assert [(r.what, r.told, r.received) for r in said.resent] == [asked]


def test_the_components_own_repetition_is_not_the_browsers(tmp_path: Path) -> None:
    """A tool that is run twice, and a run that nobody asked for, are its own doing."""
    own = ["tools/duplicate_requires_action", "limits/server_error_message"]
    done = campaign([adapter("deep_chat")], own, tmp_path, jobs=1, hangs=own)

    found = [outcome.judgement for outcome in done.by_client["deep_chat"]]
    assert {said.verdict for said in found} == {Verdict.DUPLICATE_EFFECT}
    assert [said.resent for said in found] == [(), ()]
