"""Each adapter by itself: it tells what its client does, no more and no less."""

from pathlib import Path

import msgspec
import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.transport_retry import TransportRetry
from midstream.harness.oracle.verdict import Grade, Status, Verdict
from midstream.harness.record.history import CaseBegin, read
from midstream.harness.record.ops import Append, Attempt, Op, ToolExec
from midstream.harness.runs.campaign import RunOutcome
from tests.e2e.helpers_adapters import (
    ALL,
    BROWSER,
    CAREFUL,
    ONE_OF_EACH,
    OWN_FINAL,
    TELLS_ATTEMPTS,
    WITH_TOOLS,
    Sabotaged,
    adapter,
    judged,
    params,
)
from tests.e2e.helpers_runs import campaign, one
from tests.harness.runtimes.node.helpers_node import needs_packages

pytestmark = pytest.mark.toxiproxy

CLEAN = "baseline/short_answer"
TWO_MESSAGES = "baseline/two_messages"
HARMLESS = (CLEAN, "slow/latency", TWO_MESSAGES, "baseline/two_turns")
MULTILINGUAL = "baseline/multilingual"
TOOLS = ("baseline/function_tool", "baseline/parallel_tools")


def drop(op: Op) -> list[Op]:
    """Report nothing; of a text that may be the only one, the second half."""
    if isinstance(op, Append) and len(op.text) > 1:
        return [msgspec.structs.replace(op, text=op.text[len(op.text) // 2 :])]
    return []


def double(op: Op) -> list[Op]:
    """Report twice."""
    return [op, op]


@pytest.mark.parametrize("name", params(ALL))
def test_what_is_harmless_is_told_as_it_was(tmp_path: Path, name: str) -> None:
    """Clean, slow, two messages, two turns, all scripts: whole, live and final."""
    wanted = expected(name)

    told = judged(name, wanted, tmp_path, jobs=2)

    assert {scenario: said.verdict for scenario, said in told.items()} == wanted
    final = "equal" if name in OWN_FINAL else "none"
    without_tools = [said for scenario, said in told.items() if scenario not in TOOLS]
    assert {(said.live, said.final) for said in without_tools} == {("equal", final)}
    merged = [f for f in told[TWO_MESSAGES].findings if f.status is Status.VIOLATED]
    assert [f.subtype for f in merged] == ["MERGED_MESSAGES"] * (name in BROWSER)


def expected(name: str) -> dict[str, Verdict]:
    """Return what harmless scenarios come to: no tools for those who know none.

    The naive client is at the mercy of TCP where there are many scripts. Deep Chat
    shows every word of two messages, in order, in one bubble with nothing between.
    """
    scripts = (MULTILINGUAL,) if name in CAREFUL else ()
    tools = TOOLS if name in WITH_TOOLS else ()
    merged = {TWO_MESSAGES: Verdict.CORRUPTED} if name in BROWSER else {}
    fine = dict.fromkeys((*HARMLESS, *scripts, *tools), Verdict.UNAFFECTED)
    return fine | merged


def test_what_a_client_cannot_do_is_not_counted_as_done(tmp_path: Path) -> None:
    """The naive client knows no tools: UNSUPPORTED, neither passed nor failed."""
    outcome = one(CLIENTS["naive"](), TOOLS[0], tmp_path)

    assert outcome.judgement.grade is Grade.UNSUPPORTED


@pytest.mark.parametrize("name", params(ALL))
def test_an_adapter_that_is_wrong_is_noticed(tmp_path: Path, name: str) -> None:
    """What was shown and not told is missing; what was told twice is a double, live."""
    clients = [Sabotaged(adapter(name), spoil) for spoil in (drop, double)]

    rows = campaign(clients, [CLEAN], tmp_path).by_client.values()

    silent, doubled = (row[0].judgement for row in rows)
    assert silent.verdict is Verdict.SILENT_TRUNCATION
    assert doubled.verdict is Verdict.DUPLICATED
    for said in (silent, doubled):
        assert said.live == "differs"
        assert (said.final == "equal") is (name in OWN_FINAL)


@pytest.mark.parametrize("name", params(ONE_OF_EACH))
def test_an_adapter_that_is_wrong_about_tools_is_noticed(
    tmp_path: Path, name: str
) -> None:
    """The server took one output: a tool told never or twice cannot be right."""
    spoils = (drop, double)
    clients = [Sabotaged(adapter(name), spoil, ToolExec, nth=1) for spoil in spoils]

    rows = campaign(clients, [TOOLS[0]], tmp_path).by_client.values()

    never, twice = ({f.subtype for f in row[0].judgement.findings} for row in rows)
    assert "INVENTED_TOOL_OUTPUT" in never
    assert "TOOL_REEXECUTED" in twice


def untold(outcome: RunOutcome) -> list[str]:
    """Return what arrived in a stored run that no attempt was told for."""
    records = list(read(outcome.directory / "history.jsonl"))
    assert isinstance(records[0].body, CaseBegin)
    resending = TransportRetry(records[0].body.case)
    for record in records:
        resending.feed(record)
    return resending.untold()


@pytest.mark.parametrize("name", params(TELLS_ATTEMPTS))
def test_who_promises_attempts_tells_each(tmp_path: Path, name: str) -> None:
    """Without faults nothing is sent again, so the numbers agree, or are spoilt."""
    clients = (adapter(name), Sabotaged(adapter(name), drop, Attempt, nth=3))

    rows = campaign(clients, ["baseline/two_turns"], tmp_path).by_client.values()

    honest, spoilt = (row[0] for row in rows)
    assert untold(honest) == []
    assert untold(spoilt)


FAULTY = (
    "protocol/early_end_mid_answer",
    "protocol/duplicate_delta",
    "framing/retry_field",
    "connect/drop_before_headers_run",
    "midstream/cut_at_middle",
    "tools/cut_inside_arguments",
)


@pytest.mark.openai
def test_the_synchronous_sdk_ends_as_the_asynchronous_one(tmp_path: Path) -> None:
    """Two faces of one SDK, two adapters: the same verdict under every fault."""
    names = ("openai_python", "openai_python_sync")

    done = campaign([CLIENTS[name]() for name in names], FAULTY, tmp_path)

    first, second = (
        [(o.judgement.verdict, o.judgement.live, o.judgement.final) for o in row]
        for row in done.by_client.values()
    )
    assert len(first) == len(FAULTY)
    assert first == second


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("openai_python", marks=pytest.mark.openai),
        pytest.param("openai_node", marks=needs_packages),
        pytest.param("openai_node6", marks=needs_packages),
    ],
)
def test_without_retries_nothing_is_done_twice(tmp_path: Path, name: str) -> None:
    """What docs/research/wire.md advises turns a double run into an honest error."""
    clients = [CLIENTS[name](), CLIENTS[f"{name}_tuned"]()]

    done = campaign(clients, ["connect/drop_before_headers_run"], tmp_path)

    shipped, tuned = (row[0].judgement for row in done.by_client.values())
    assert (shipped.verdict, shipped.server.runs) == (Verdict.DUPLICATE_EFFECT, 2)
    assert (tuned.verdict, tuned.server.runs) == (Verdict.DEGRADED_HONESTLY, 1)
