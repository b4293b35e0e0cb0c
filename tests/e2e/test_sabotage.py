"""A fault that does nothing must never lead to a verdict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest

from midstream import scenarios
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.path.toxics.cut import Cut
from midstream.harness.path.toxics.latency import Latency
from midstream.harness.record.ops import Op
from midstream.mock_server.core.faults.duplicate_event import DuplicateEvent
from midstream.mock_server.core.faults.early_end import EarlyEnd
from midstream.mock_server.core.position import Position, inject
from midstream.mock_server.core.steps import Step
from midstream.mock_server.dialects.openai_assistants import OpenAIAssistants
from midstream.mock_server.serving import app
from midstream.mock_server.serving.session import Session
from tests.broken_clients.base import FailFast, Talk
from tests.broken_clients.zoo import OneBubble
from tests.e2e.helpers_runs import campaign, one

pytestmark = pytest.mark.toxiproxy


def idle(_self: object, steps: Iterator[Step]) -> Iterator[Step]:
    """Change nothing."""
    return steps


SERVER_FAULTS = {
    "protocol/early_end_mid_answer": EarlyEnd,
    "protocol/duplicate_delta": DuplicateEvent,
}


@pytest.mark.parametrize("scenario", SERVER_FAULTS)
def test_a_server_fault_that_does_nothing_is_invalid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scenario: str
) -> None:
    """The fault says that it fired; the bytes say that nothing happened."""
    monkeypatch.setattr(SERVER_FAULTS[scenario], "__call__", idle)

    outcome = one(FailFast(), scenario, tmp_path, spoilt=True)

    assert outcome.judgement.verdict is Verdict.INVALID
    assert "NO_EFFECT" in outcome.judgement.reason


def test_a_server_that_ignores_its_script_is_invalid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No fault fires where none is applied."""
    monkeypatch.setattr(Session, "injections_for", lambda *_: [])

    outcome = one(FailFast(), "protocol/early_end_mid_answer", tmp_path, spoilt=True)

    assert outcome.judgement.verdict is Verdict.INVALID
    assert outcome.judgement.grade is Grade.INVALID


ELSEWHERE: dict[str, dict[str, Any]] = {
    "protocol/early_end_mid_answer": {"nth": 4},
    "protocol/duplicate_delta": {"event": "thread.message.in_progress", "nth": 1},
    "midstream/cut_at_middle": {"nth": 1},
    "midstream/black_hole": {"event": None},
    "limits/server_error_after_commit": {"event": "thread.run.created"},
}


@pytest.mark.parametrize("scenario", ELSEWHERE)
def test_a_fault_that_strikes_elsewhere_is_invalid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scenario: str
) -> None:
    """A server that strikes at another place than was declared proves nothing."""

    def misplaced(at: Position, *rest: Any) -> Iterator[Step]:  # noqa: ANN401  # handed on
        moved = msgspec.structs.replace(at, **ELSEWHERE[scenario])
        return inject(moved, *rest)

    monkeypatch.setattr(app, "inject", misplaced)

    outcome = one(FailFast(), scenario, tmp_path, spoilt=True)

    assert outcome.judgement.reason.startswith("FAULT_MISPLACED")


def test_a_toxic_that_does_nothing_is_invalid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A latency that nobody feels is no test of anything."""
    monkeypatch.setattr(Latency, "placed", lambda *_, **__: ())

    outcome = one(FailFast(), "slow/latency", tmp_path, spoilt=True)

    assert outcome.judgement.verdict is Verdict.INVALID


def test_a_cut_elsewhere_is_invalid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A limit that is never lowered cuts nothing, whatever Toxiproxy acknowledged."""
    monkeypatch.setattr(Cut, "struck", lambda cut, name, _stop: cut.healed(name))

    outcome = one(FailFast(), "midstream/cut_at_middle", tmp_path, spoilt=True)

    assert outcome.judgement.verdict is Verdict.INVALID


def test_a_dialect_that_fails_convicts_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A 500 that we made by accident is our own trouble, whatever the client does."""

    def fail(*_: object) -> NoReturn:
        raise KeyError("run")

    monkeypatch.setattr(OpenAIAssistants, "respond", fail)

    outcome = one(FailFast(), "baseline/short_answer", tmp_path)

    assert outcome.judgement.verdict is Verdict.INVALID
    assert "SERVER_FAILED: the server itself failed" in outcome.judgement.reason
    assert "KeyError: 'run'" in outcome.judgement.reason


class NeverWorks(FailFast):
    """Fails even when nothing is wrong."""

    name = "never_works"

    def settle(self, talk: Talk, turn: int) -> list[Op]:
        """Crash instead of claiming anything."""
        raise RuntimeError(f"turn {turn} of {talk.thread}")


def test_a_client_that_fails_without_faults_gets_no_verdict_with_them(
    tmp_path: Path,
) -> None:
    """The baseline goes first; what it cannot do unhurt says nothing about faults."""
    outcome = one(NeverWorks(), "midstream/cut_at_middle", tmp_path, spoilt=True)

    assert outcome.judgement.verdict is Verdict.INVALID
    assert "GOLDEN_RUN_FAILED" in outcome.judgement.reason


def test_what_a_scenario_waives_its_baseline_waives_too(tmp_path: Path) -> None:
    """A flaw that is judged elsewhere keeps no fault from being judged, if waived."""
    waiving = "midstream/cut_between_messages"
    file = Path(scenarios.__file__).parent / f"{waiving}.toml"
    strict = tmp_path / "strict.toml"
    strict.write_text(file.read_text("utf-8").partition("[waived]")[0], "utf-8")

    done = campaign(
        [OneBubble()], [waiving, str(strict)], tmp_path, jobs=1, spoilt=True
    )

    waived, unwaived = (o.judgement for o in done.by_client["one_bubble"])
    assert waived.verdict is Verdict.DEGRADED_HONESTLY
    assert unwaived.reason.startswith("GOLDEN_RUN_FAILED: without any fault, CORRUPTED")
