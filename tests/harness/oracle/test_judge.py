from typing import Any

import msgspec
import pytest

from midstream.harness.errors import HistoryError
from midstream.harness.oracle.explain import LINE_CHARS
from midstream.harness.oracle.judge import Oracle, encode, explain, judge
from midstream.harness.oracle.verdict import Finding, Grade, Status, Verdict
from midstream.harness.record.history import FaultFired, HarnessTrouble
from midstream.mock_server.core.journal import RunStatus, TextPlanned
from tests.harness.helpers_history import (
    FAULT,
    SHOWN,
    STRUCK,
    TOKENS,
    WHOLE,
    Item,
    answer,
    appended,
    asked,
    begin,
    ended,
    executed,
    final,
    history,
    message,
    noticed,
    path_fault,
    replaced,
    run,
)
from tests.harness.helpers_wire import received, sent


def verdict(*shown: Item, **changes: Any) -> Verdict:  # noqa: ANN401  # of answer
    """Return the verdict on a faulted turn in which the client did *shown*."""
    return judge(history(*answer(*STRUCK, *shown, faults=[FAULT], **changes))).verdict


@pytest.mark.parametrize(
    ("shown", "changes", "expected"),
    [
        ([run(name="run_2"), *SHOWN], {}, Verdict.DUPLICATE_EFFECT),
        ([asked("{}"), executed("{"), *SHOWN], {}, Verdict.DUPLICATE_EFFECT),
        (SHOWN[:2], {}, Verdict.SILENT_TRUNCATION),
        (SHOWN, {"run_status": "failed"}, Verdict.FALSE_SUCCESS),
        ([*SHOWN[:2], *appended("\ufffd"), *SHOWN[2:]], {}, Verdict.CORRUPTED),
        ([SHOWN[0], *SHOWN], {}, Verdict.DUPLICATED),
        ([SHOWN[1], SHOWN[0], *SHOWN[2:]], {}, Verdict.REORDERED),
        ([*SHOWN, ended("killed")], {}, Verdict.HUNG),
        ([*SHOWN, ended("raised")], {}, Verdict.CRASHED),
        ([*map(received, range(3, 7)), *SHOWN], {}, Verdict.RETRY_STORM),
        ([received(3), *SHOWN], {}, Verdict.BACKOFF_VIOLATION),
        ([*SHOWN, noticed()], {"claim": "failed"}, Verdict.FALSE_FAILURE),
        ([noticed()], {"claim": "failed"}, Verdict.DEGRADED_HONESTLY),
        ([*appended("?"), replaced(WHOLE)], {}, Verdict.RECOVERED_BY_RESTART),
        (SHOWN, {}, Verdict.RECOVERED),
    ],
    ids=str,
)
def test_each_verdict_is_reached(
    shown: list[Item], changes: dict[str, Any], expected: Verdict
) -> None:
    """What the client did, and how the run ended, gives the verdict."""
    assert verdict(*shown, **changes) is expected


def test_a_run_left_behind_is_orphaned() -> None:
    """A run left half-way by a client that never spoke of it is the headline."""
    shown = [*appended(*TOKENS[:1]), noticed()]
    changes: dict[str, Any] = {"claim": "incomplete", "run_status": "in_progress"}
    assert verdict(*shown, **changes) is Verdict.ORPHANED


def test_a_harmless_fault_leaves_a_client_unaffected() -> None:
    """Where nothing can be lost, a whole answer is no recovery."""
    harmless = msgspec.structs.replace(FAULT, disruptive=False)
    records = history(*answer(*STRUCK, *SHOWN, faults=[harmless]))
    assert judge(records).verdict is Verdict.UNAFFECTED


def test_the_worst_violation_is_the_headline() -> None:
    """Of several violations the most severe counts, and all are listed."""
    judgement = judge(history(*answer(*STRUCK, message(), faults=[FAULT])))
    broken = {f.code for f in judgement.findings if f.status is Status.VIOLATED}
    assert (judgement.verdict, broken) == (Verdict.DUPLICATE_EFFECT, {"I1", "I6"})


@pytest.mark.parametrize(
    ("struck", "reason"),
    [
        ([], "FAULT_NOT_FIRED"),
        (STRUCK[:1], "NO_EFFECT: f1 (http_status)"),
        (
            [FaultFired(fault="f1", req=1, conn=1, offset=0), *STRUCK[1:]],
            "FAULT_MISPLACED",
        ),
        (
            [*STRUCK, HarnessTrouble(text="GOLDEN_RUN_FAILED: no")],
            "GOLDEN_RUN_FAILED: no",
        ),
    ],
    ids=str,
)
def test_without_proof_there_is_no_verdict(struck: list[Item], reason: str) -> None:
    """A fault that never fired, did nothing or struck elsewhere makes a run INVALID."""
    judgement = judge(history(*answer(*struck, *SHOWN[:2], faults=[FAULT])))
    assert (judgement.verdict, judgement.grade) == (Verdict.INVALID, Grade.INVALID)
    assert judgement.reason.startswith(reason)


def test_a_fault_whose_request_was_never_made_may_be_left_out() -> None:
    """A fault on a recovery that never came is left out, if its scenario says so."""
    later = msgspec.structs.replace(FAULT, id="f2", at={"on": "get_run"})
    lenient = msgspec.structs.replace(later, if_reached=True)
    for second, expected in ((later, Verdict.INVALID), (lenient, Verdict.RECOVERED)):
        records = history(*answer(*STRUCK, *SHOWN, faults=[FAULT, second]))
        assert judge(records).verdict is expected


def test_a_run_in_which_no_fault_fired_is_invalid() -> None:
    """Faults that may be left out do not make a run of none at all."""
    only = msgspec.structs.replace(FAULT, at={"on": "get_run"}, if_reached=True)
    assert judge(history(*answer(*SHOWN, faults=[only]))).verdict is Verdict.INVALID


def test_a_sabotaged_toxic_is_found_out() -> None:
    """A toxic that does nothing leaves no trace, so the run is INVALID."""
    toxic = path_fault("latency", args={"latency_ms": 100}, proof="delay")
    assert judge(history(*answer(*SHOWN, faults=[toxic]))).verdict is Verdict.INVALID


def test_a_history_that_breaks_off_is_invalid() -> None:
    """Without the client's end and the run's, nothing is proven."""
    records = history(*answer(*SHOWN))[:-2]
    assert judge(records).reason == (
        "CASE_UNFINISHED: the history breaks off;"
        " CLIENT_UNFINISHED: the history breaks off"
    )


def test_a_history_without_its_beginning_is_refused() -> None:
    """A history that does not say what it is cannot be judged."""
    for records in ([], history(*answer())[1:]):
        with pytest.raises(HistoryError, match=r"begins with the record case\.begin"):
            judge(records)


def finding(findings: tuple[Finding, ...], code: str) -> Finding:
    """Return the finding with *code*."""
    return next(found for found in findings if found.code == code)


def test_what_a_client_cannot_tell_is_unsupported() -> None:
    """An invariant above the client's level is not judged, and does not pass."""
    judgement = judge(history(*answer(*SHOWN, level=1)))
    found = finding(judgement.findings, "I7")
    assert found.status is Status.UNSUPPORTED
    assert judgement.verdict is Verdict.UNAFFECTED


@pytest.mark.parametrize(
    ("text", "run_status", "expected"),
    [
        (WHOLE, "completed", Verdict.RECOVERED),
        (WHOLE[:-1], "completed", Verdict.SILENT_TRUNCATION),
        (WHOLE + WHOLE, "completed", Verdict.DUPLICATED),
        (WHOLE + "?", "completed", Verdict.CORRUPTED),
        ("".join(reversed(TOKENS)), "completed", Verdict.REORDERED),
        (WHOLE, "failed", Verdict.FALSE_SUCCESS),
    ],
)
def test_a_client_that_tells_its_last_text_alone_is_judged_by_it(
    text: str, run_status: str, expected: Verdict
) -> None:
    """Level 0 hides how the text came about, not what is wrong with it."""
    shown = final(msg_1=text)
    assert verdict(shown, level=0, run_status=run_status) is expected


def test_a_waived_invariant_is_not_judged() -> None:
    """A waived invariant shows its reason, and no longer counts."""
    waived = {"no_duplication": "known", "I4": "known, too"}
    records = history(*answer(SHOWN[0], *SHOWN, waived=waived))
    judgement = judge(records)
    assert finding(judgement.findings, "I2").message == "known"
    assert judgement.verdict is Verdict.UNAFFECTED
    assert judgement.reason.endswith("; not compared: I2, I4 waived")


def test_a_complete_turn_of_which_nothing_is_known_is_inconclusive() -> None:
    """Whoever claims success of what nobody recorded is not believed."""
    items = [item for item in answer() if getattr(item, "what", "") != "run"]
    lost = [item for item in items if not isinstance(item, TextPlanned | RunStatus)]
    quiet = [item for item in lost if getattr(item, "what", "") != "message"]
    assert judge(history(*quiet)).verdict is Verdict.INCONCLUSIVE


def test_a_client_that_ran_out_of_a_busy_machines_time_is_inconclusive() -> None:
    """Even if it had settled a turn: nobody knows how the rest would have ended."""
    items = answer(*STRUCK, *SHOWN, faults=[FAULT])
    killed = [*items[:-2], sent(9, 300, 310), ended("killed"), items[-1]]
    judgement = judge(history(*killed))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason.startswith("liveness: the server was still speaking")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(SHOWN, Verdict.RECOVERED), (SHOWN[:2], Verdict.INVALID)],
    ids=["whole", "cut short"],
)
def test_a_busy_machine_lets_a_client_off(shown: list[Item], expected: Verdict) -> None:
    """What went wrong then proves nothing; what went well went well all the same."""
    busy = HarnessTrouble(text="OVERLOADED: the machine was 2 s behind")
    assert verdict(busy, *shown) is expected


def test_the_numbers_are_those_of_the_history() -> None:
    """Times, counts and the two judgements on text come from the records."""
    shown = [*appended("alpha "), *STRUCK, *SHOWN[1:], final(msg_1=WHOLE)]
    judgement = judge(history(*answer(*shown, faults=[FAULT])))
    timing, server = judgement.timing, judgement.server
    assert (timing.ttft_s, timing.total_s, timing.recovery_s) == (0.1, 0.18, 0.02)
    assert (server.messages, server.runs, server.requests) == (1, 1, 2)
    assert (judgement.live, judgement.final, judgement.flicker) == ("equal", "equal", 0)


@pytest.mark.parametrize(
    ("shown", "live"),
    [([], "none"), (SHOWN[:2], "prefix"), (SHOWN[1:], "differs"), (SHOWN, "equal")],
    ids=str,
)
def test_the_live_text_is_compared(shown: list[Item], live: str) -> None:
    """What was shown is nothing, a beginning, something else, or all."""
    judgement = judge(history(*answer(*shown)))
    assert (judgement.live, judgement.final) == (live, "none")


def test_the_same_history_gives_the_same_bytes() -> None:
    """A judgement is encoded alike every time, and reads back equal."""
    records = history(*answer(*STRUCK, *SHOWN, faults=[FAULT]))
    first = encode(judge(records))
    assert first == encode(judge(iter(records)))
    assert first == encode(msgspec.json.decode(first, type=type(judge(records))))


def test_a_run_can_be_judged_while_it_happens() -> None:
    """Fed one by one, the records give what the whole history gives."""
    records = history(*answer(*STRUCK, *SHOWN[1:], faults=[FAULT]))
    oracle = Oracle(begin(FAULT).case)
    for record in records:
        oracle.feed(record)
    assert oracle.finish() == judge(records)


def test_a_failure_is_explained_with_its_evidence() -> None:
    """The lines give the invariant in words, what was seen, the records, the seed."""
    records = history(*answer(*STRUCK, *SHOWN[:3], faults=[FAULT]))
    lines = explain(judge(records), records)
    assert lines[0] == (
        "I1 no_silent_loss: A client that says an answer is complete shows every"
        " token the server said."
    )
    assert lines[1].startswith("  SILENT_TRUNCATION: ")
    assert "turn 0" in lines[1]
    assert lines[2].startswith("       100.0 ms  #10 server  ")
    assert lines[-1] == "seed 7"
    assert "fault f1 http_status: fired;" in " ".join(lines)


def test_explained_lines_stay_readable() -> None:
    """A record with a long text is cut to one line."""
    records = history(*answer(*appended("x" * 500)))
    assert max(map(len, explain(judge(records), records))) == LINE_CHARS + 2
