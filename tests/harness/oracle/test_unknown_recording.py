"""A recording that no dialect knows convicts nobody of what its text may mean."""

from typing import Any

import pytest

from midstream.harness.oracle.checkers import CHECKERS
from midstream.harness.oracle.grading import is_untold
from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import Judgement, Status, Verdict
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.history import CaseEnd, FaultFired, Knowledge, Rejected
from midstream.mock_server.core.journal import ServerFailed
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    answer,
    appended,
    begin,
    check,
    ended,
    executed,
    fault,
    history,
    invoked,
    noticed,
    run,
    settled,
    told,
)
from tests.harness.helpers_wire import head, received, response_end, sent

NOTHING = Knowledge(dialect="verbatim", tells_text=False, keeps_state=False)
TEXT_ONLY = Knowledge(dialect="chat", tells_text=True, keeps_state=False)
ALL = Knowledge(dialect="full", tells_text=True, keeps_state=True)
SHOWN = appended(*TOKENS)
APART = ClientInfo(name="tested", version="1", level=2, capabilities=("messages",))
LOST: list[Item] = [FaultFired(fault="f1", req=2, conn=1, offset=0), head(status=500)]

WRONG: dict[str, list[Item]] = {
    "no_silent_loss": answer(*SHOWN[:2]),
    "no_duplication": answer(SHOWN[0], *SHOWN),
    "order": answer(SHOWN[1], SHOWN[0], *SHOWN[2:]),
    "prefix_display": answer(*SHOWN[1:]),
    "integrity": answer(*SHOWN, *appended("never said")),
    "boundaries": [
        begin(client=APART),
        invoked(),
        *told(*TOKENS),
        *told("echo ", message="msg_2"),
        *appended(*TOKENS, "echo ", message="m"),
    ],
    "exactly_once": answer(run(name="run_2"), *SHOWN),
    "tools_once": answer(executed("{}"), *SHOWN),
    "bounded_attempts": answer(*map(received, range(3, 7)), *SHOWN),
    "backoff": answer(head(status=429, wait_s=9), received(3), *SHOWN),
    "retryability": answer(*LOST, received(3), *SHOWN),
}
"""By invariant, what breaks it where the server tells what it said and did."""
OF_STATE = {"exactly_once", "bounded_attempts", "backoff", "retryability"}


def knowing(what: Knowledge, items: list[Item]) -> list[Item]:
    """Return *items*, in which the server says that it knows *what*."""
    return [items[0], what, *items[1:]]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_unknown_is_not_judged(name: str) -> None:
    """Each invariant convicts by what the server tells, and by nothing else."""
    assert check(name, *WRONG[name]).status is Status.VIOLATED
    assert check(name, *knowing(ALL, WRONG[name])).status is Status.VIOLATED
    found = check(name, *knowing(NOTHING, WRONG[name]))
    assert (found.status, found.evidence) == (Status.UNKNOWN, ())
    assert found.message.startswith("no dialect knows this recording")


@pytest.mark.parametrize("name", WRONG)
def test_text_is_judged_where_no_state_is_kept(name: str) -> None:
    """What was said can be known without what was done."""
    found = check(name, *knowing(TEXT_ONLY, WRONG[name]))
    assert (found.status is Status.UNKNOWN) is (name in OF_STATE)
    assert ("keeps no state" in found.message) is (name in OF_STATE)


def test_all_that_need_something_are_on_the_list() -> None:
    """No checker that rests on the server's word escapes the tests above."""
    assert {n for n in CHECKERS if CHECKERS[n].needs} == set(WRONG)
    assert {n for n in CHECKERS if CHECKERS[n].needs == "state"} == OF_STATE


def talk(*shown: Item, **changes: Any) -> list[Item]:  # noqa: ANN401  # of the case
    """Return a turn with a server that replays a recording which it does not know."""
    return [
        begin(**({"cassettes": ("kettle.jsonl",)} | changes)),
        NOTHING,
        invoked(),
        received(1, "post_chat"),
        head(1),
        sent(0, 100, 200, name="message", req=1),
        response_end(req=1, end=200),
        *shown,
        ended(),
        CaseEnd(runs={}),
    ]


def judged(*shown: Item, **changes: Any) -> Judgement:  # noqa: ANN401  # of the case
    """Return the judgement of such a turn."""
    return judge(history(*talk(*shown, **changes)))


@pytest.mark.parametrize(
    ("shown", "changes"),
    [
        ([*SHOWN, settled()], {}),
        ([settled()], {}),
        ([*SHOWN, noticed(), settled("failed")], {}),
        ([*SHOWN, executed("{}"), executed("{}"), settled()], {}),
        ([*SHOWN, settled()], {"waived": {"I1": "known", "integrity": "too"}}),
        ([*SHOWN, settled()], {"faults": ()}),
    ],
    ids=["whole", "nothing", "failed", "tools", "waived", "no fault"],
)
def test_the_verdict_names_the_recording(
    shown: list[Item], changes: dict[str, Any]
) -> None:
    """Right or wrong, nobody knows; and it is not the client who is to be asked."""
    said = judged(*shown, **changes)
    assert said.verdict is Verdict.INCONCLUSIVE
    assert said.reason.startswith("no dialect knows this recording (kettle.jsonl)")
    assert is_untold(said)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([ended("raised")], Verdict.CRASHED),
        ([ended("killed")], Verdict.HUNG),
        ([settled("failed")], Verdict.FALSE_SUCCESS),
        ([settled(), *SHOWN], Verdict.FALSE_SUCCESS),
        ([settled(), settled()], Verdict.FALSE_SUCCESS),
    ],
    ids=["crash", "hang", "failed without a notice", "late text", "settled twice"],
)
def test_what_is_known_convicts_all_the_same(
    shown: list[Item], expected: Verdict
) -> None:
    """What a client does to its user needs no truth of the server's."""
    said = judged(*shown)
    assert said.verdict is expected
    assert not is_untold(said)


def test_a_name_used_again_in_the_next_turn_is_no_late_text() -> None:
    """Nobody knows which of the two answers a piece of text belongs to."""
    turns = [*SHOWN, settled(), invoked(1, "More?"), *SHOWN, settled(turn=1)]
    assert judged(*turns, turns=("Well?", "More?")).verdict is Verdict.INCONCLUSIVE


def test_a_refusal_of_ours_says_nothing_of_what_was_done() -> None:
    """A request that was not recorded is refused; that makes no state."""
    refused = Rejected(req=2, status=404, code=None, message="not recorded")
    said = judged(refused, *SHOWN, settled())
    assert said.verdict is Verdict.INCONCLUSIVE


def test_a_client_that_was_answered_with_errors_alone_cannot_have_succeeded() -> None:
    """That much is known of any API."""
    refused: list[Item] = [received(1, "post_chat"), head(1, status=500)]
    items: list[Item] = [
        begin(),
        NOTHING,
        invoked(),
        *refused,
        settled(),
        ended(),
        CaseEnd(runs={}),
    ]
    assert judge(history(*items)).verdict is Verdict.FALSE_SUCCESS


def test_a_fault_without_effect_is_invalid_here_too() -> None:
    """What is unknown of the text does not excuse the rig."""
    said = judged(*SHOWN, settled(), faults=(fault(),))
    assert said.verdict is Verdict.INVALID


def test_a_failure_of_the_server_is_nobodys_fault_but_ours() -> None:
    """However wrong the client looks then; and it is told once."""
    failed = [ServerFailed(text="KeyError: 'run'", req=2), ServerFailed(text="…")]
    said = judge(history(*answer(*SHOWN[:2], *failed, failed[0])))
    assert said.verdict is Verdict.INVALID
    assert said.reason == (
        "SERVER_FAILED: the server itself failed: KeyError: 'run'; "
        "SERVER_FAILED: the server itself failed: …"
    )
