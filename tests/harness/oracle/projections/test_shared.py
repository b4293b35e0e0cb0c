"""The shared projections: their order, and what checkers do when one fails."""

from typing import Any, TypeAlias

import msgspec
import pytest

from midstream.harness.oracle.checkers import CHECKERS
from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.projections.known import Known
from midstream.harness.oracle.projections.requests import Requests
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.transcript import ShownTranscript
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.oracle.verdict import Status, Verdict
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import Record
from tests.harness.helpers_history import (
    TOKENS,
    answer,
    appended,
    begin,
    feed,
    history,
    invoked,
    raised,
    settled,
)

ON_TURNS = {"I6"}
ON_REQUESTS = {"I12", "I13", "I15"}
ON_TRUTH = {"I10", "I18"}
ON_TRANSCRIPT = {"I1", "I2", "I3", "I4", "I5", "I9", "I19"}
BY_THEMSELVES = {"C1", "I7", "I8"}
NEED_MORE = {"I6", "I7", "I12", "I13", "I15"}
"""Those that ask whether the server can tell enough, and rest on no text."""

Broken: TypeAlias = tuple[type, str]
FAILING: dict[Broken, set[str]] = {
    (Known, "_begin"): NEED_MORE | ON_TRUTH | ON_TRANSCRIPT,
    (Turns, "_begin"): ON_TURNS | ON_REQUESTS | ON_TRUTH | ON_TRANSCRIPT,
    (Truth, "_plan"): ON_TRUTH | ON_TRANSCRIPT,
    (Requests, "_receive"): ON_REQUESTS,
    (ShownTranscript, "_append"): ON_TRANSCRIPT,
}


@pytest.fixture(params=FAILING, ids=str)
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Let one fold fail at the first record of a kind that it reads."""

    def fail(_: object, record: Record, __: object) -> None:
        raise RuntimeError(record.seq)

    found: Broken = request.param
    monkeypatch.setattr(*found, fail)
    return found


def test_who_asks_for_a_failed_projection_says_unknown_and_the_rest_judge_on(
    broken: Broken,
) -> None:
    """A fold takes along what rests on it, be it a fold or a checker, and no more."""
    info = msgspec.structs.replace(begin().case.client, capabilities=("messages",))
    left: dict[str, Any] = {"run_status": "in_progress", "claim": "failed"}
    judged = judge(history(*answer(*appended(*TOKENS), client=info, **left)))
    lost = {f.code for f in judged.findings if "the shared projection" in f.message}
    unknown = {f.code for f in judged.findings if f.status is Status.UNKNOWN}
    assert lost == FAILING[broken]
    assert lost <= unknown


def test_every_checker_is_on_the_list() -> None:
    """No checker escapes the test above."""
    known = set.union(BY_THEMSELVES, *FAILING.values())
    assert known == {CHECKERS[name].code for name in CHECKERS}


def test_nothing_passes_without_a_fold(broken: Broken) -> None:
    """A right answer has no verdict, and no number, if half of us saw nothing of it."""
    judged = judge(history(*answer(*appended(*TOKENS))))
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.live == ("none" if "I1" in FAILING[broken] else "equal")


def test_a_reader_sees_the_folds_as_they_are_behind_its_record() -> None:
    """Whoever joins behind the folds is told after them."""
    dispatcher, projections = Dispatcher(), Projections()
    projections.join(dispatcher)
    seen: list[int] = []
    look = lambda *_: seen.append(projections.turns.current)  # noqa: E731  # one line each
    dispatcher.join({type(settled()): look, type(invoked()): look}, raised)
    feed(dispatcher, invoked(), invoked(1, "More?"), settled(), settled(turn=1))
    assert seen == [0, 0, 1, 1]


def test_a_checker_keeps_no_fold() -> None:
    """It asks for one each time that it looks, or it would not notice a failure."""
    projections = Projections()
    kept = (
        projections.known,
        projections.turns,
        projections.truth,
        projections.requests,
        projections.transcript,
    )
    for name in CHECKERS:
        values = vars(CHECKERS[name](projections)).values()
        assert not [fold for fold in kept if any(fold is value for value in values)]
