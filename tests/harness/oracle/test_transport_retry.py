from collections.abc import Sequence

import pytest

from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.transport_retry import TransportRetry
from midstream.harness.oracle.verdict import Finding, Judgement, Status, Verdict
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.history import CaseBegin
from midstream.harness.record.ops import Attempt
from tests.harness.helpers_history import TOKENS, Item, answer, appended, history, run
from tests.harness.helpers_wire import head, received
from tests.harness.oracle.helpers_findings import says

TELLS = ClientInfo(name="tested", version="1", level=2, capabilities=("attempts",))
MUTE = ClientInfo(name="tested", version="1", level=2)
ONCE: list[Item] = [Attempt(what="add_message"), Attempt(what="create_run")]
AGAIN: list[Item] = [*ONCE, Attempt(what="create_run")]
SECOND: list[Item] = [received(3, attempt=2), run(name="run_2", req=3)]
BELOW = "; the transport below the client sent it again: 1 attempt told, 2 requests"
ITSELF = "; the client itself asked again: 2 attempts told, 2 requests received"


def folded(*told: Item) -> tuple[TransportRetry, tuple[int, ...]]:
    """Return the fold over a turn in which *told* was told, and all its records."""
    begin, *records = history(*answer(*told, client=TELLS))
    assert isinstance(begin.body, CaseBegin)
    resending = TransportRetry(begin.body.case)
    for record in records:
        resending.feed(record)
    return resending, tuple(record.seq for record in records)


def judged(told: Sequence[Item], *more: Item, client: ClientInfo = TELLS) -> Judgement:
    """Return the judgement of a turn in which *told* was told and *more* happened."""
    shown = appended(*TOKENS)
    return judge(history(*answer(*told, *more, *shown, client=client)))


def test_what_arrives_more_often_than_it_was_told_was_sent_again_below() -> None:
    """One attempt, two runs: the headline says that the client asked once."""
    said = judged(ONCE, *SECOND)

    assert said.verdict is Verdict.DUPLICATE_EFFECT
    assert said.reason == says("2 runs", "turn 0", BELOW)
    (resent,) = said.resent
    assert (resent.what, resent.told, resent.received) == ("generate", 1, 2)
    assert len(resent.evidence) == 1


def test_a_client_that_asks_again_is_named_too() -> None:
    """Two attempts, two runs: nothing was sent again by anybody else."""
    said = judged(AGAIN, *SECOND)

    assert said.verdict is Verdict.DUPLICATE_EFFECT
    assert said.reason.endswith(ITSELF)
    assert said.resent == ()


def test_of_a_client_that_does_not_promise_to_tell_nothing_is_said() -> None:
    """An SDK asks again inside one call: that is no browser's doing."""
    said = judged([], *SECOND, client=MUTE)

    assert said.reason == says("2 runs", "turn 0")
    assert BELOW not in said.reason
    assert ITSELF not in said.reason
    assert said.resent == ()


def test_another_request_of_the_same_kind_is_no_copy() -> None:
    """What was not told and differs was not sent again: the adapter missed it."""
    other: list[Item] = [received(3, body_hash="other"), run(name="run_2", req=3)]
    assert judged(ONCE, *other).resent == ()


def test_a_request_that_was_refused_and_came_again_is_attributed() -> None:
    """A blind repetition is somebody's, too, whether or not it did harm."""
    said = judged(ONCE, head(status=500), received(3, attempt=2))

    assert said.verdict is Verdict.BACKOFF_VIOLATION
    assert BELOW in said.reason


@pytest.mark.parametrize("verdict", [None, Verdict.FALSE_SUCCESS])
def test_a_finding_about_something_else_stays_as_it_is(verdict: Verdict | None) -> None:
    """Who repeated a request explains repetitions and nothing else."""
    resending, seqs = folded(*ONCE, *SECOND)
    finding = Finding(
        invariant="i",
        code="I0",
        status=Status.VIOLATED if verdict else Status.HOLDS,
        verdict=verdict,
        evidence=seqs,
    )
    assert resending.attributed(finding) is finding


@pytest.mark.parametrize(("told", "missing"), [(ONCE, 0), (ONCE[:1], 1), ([], 2)])
def test_what_was_not_told_is_pointed_out(told: list[Item], missing: int) -> None:
    """In a conversation without faults each request has its attempt."""
    resending, _ = folded(*told)
    assert len(resending.untold()) == missing
