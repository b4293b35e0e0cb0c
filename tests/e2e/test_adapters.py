"""Each adapter by itself: it tells what its client does, no more and no less."""

from collections.abc import Callable
from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.transport_retry import TransportRetry
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.history import CaseBegin, read
from midstream.harness.record.ops import Attempt, Op, ToolExec
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


def drop(_op: Op) -> list[Op]:
    """Report nothing."""
    return []


def double(op: Op) -> list[Op]:
    """Report twice."""
    return [op, op]


@pytest.mark.parametrize("name", params(ALL))
def test_what_is_harmless_is_told_as_it_was(tmp_path: Path, name: str) -> None:
    """Clean, slow, two messages, two turns: whole, live and final."""
    done = campaign([adapter(name)], HARMLESS, tmp_path, jobs=2)

    told = {o.judgement.scenario: o.judgement for o in done.by_client[name]}
    merged = {TWO_MESSAGES: Verdict.CORRUPTED} if name in BROWSER else {}
    assert {scenario: said.verdict for scenario, said in told.items()} == {
        scenario: merged.get(scenario, Verdict.UNAFFECTED) for scenario in HARMLESS
    }
    final = "equal" if name in OWN_FINAL else "none"
    assert {(said.live, said.final) for said in told.values()} == {("equal", final)}


@pytest.mark.parametrize("name", params(BROWSER))
def test_two_messages_in_one_bubble_are_found(tmp_path: Path, name: str) -> None:
    """Deep Chat shows every word of both, in order, and nothing between them."""
    said = one(adapter(name), TWO_MESSAGES, tmp_path).judgement

    (found,) = (f for f in said.findings if f.verdict is Verdict.CORRUPTED)
    assert found.subtype == "MERGED_MESSAGES"


@pytest.mark.parametrize("name", params(CAREFUL))
def test_all_scripts_are_told(tmp_path: Path, name: str) -> None:
    """Text in many scripts is whole; the naive client is at the mercy of TCP here."""
    said = one(adapter(name), MULTILINGUAL, tmp_path).judgement

    final = "equal" if name in OWN_FINAL else "none"
    assert (said.verdict, said.live, said.final) == (
        Verdict.UNAFFECTED, "equal", final,
    )  # fmt: skip


@pytest.mark.parametrize("name", params(WITH_TOOLS))
def test_a_tool_round_trip_is_told(tmp_path: Path, name: str) -> None:
    """Every call is executed once, its output submitted, and the answer shown."""
    done = campaign([adapter(name)], TOOLS, tmp_path, jobs=2)

    verdicts = [outcome.judgement.verdict for outcome in done.by_client[name]]
    assert verdicts == [Verdict.UNAFFECTED, Verdict.UNAFFECTED]


def test_what_a_client_cannot_do_is_not_counted_as_done(tmp_path: Path) -> None:
    """The naive client knows no tools: UNSUPPORTED, neither passed nor failed."""
    outcome = one(CLIENTS["naive"](), TOOLS[0], tmp_path)

    assert outcome.judgement.grade is Grade.UNSUPPORTED


@pytest.mark.parametrize("name", params(ALL))
def test_an_adapter_that_drops_a_report_is_noticed(tmp_path: Path, name: str) -> None:
    """A text that the client showed and the adapter did not tell is missing."""
    client = Sabotaged(adapter(name), drop)

    said = one(client, CLEAN, tmp_path).judgement

    assert said.verdict is Verdict.SILENT_TRUNCATION
    assert said.live == "differs"
    assert (said.final == "equal") is (name in OWN_FINAL)


@pytest.mark.parametrize("name", params(ALL))
def test_an_adapter_that_reports_twice_is_noticed(tmp_path: Path, name: str) -> None:
    """A text that was shown once and told twice is a double, live."""
    client = Sabotaged(adapter(name), double)

    said = one(client, CLEAN, tmp_path).judgement

    assert said.verdict is Verdict.DUPLICATED
    assert said.live == "differs"
    assert (said.final == "equal") is (name in OWN_FINAL)


@pytest.mark.parametrize("name", params(ONE_OF_EACH))
@pytest.mark.parametrize(
    ("spoil", "subtype"), [(drop, "INVENTED_TOOL_OUTPUT"), (double, "TOOL_REEXECUTED")]
)
def test_an_adapter_that_is_wrong_about_tools_is_noticed(
    tmp_path: Path, name: str, spoil: Callable[[Op], list[Op]], subtype: str
) -> None:
    """The server took one output: a tool told never or twice cannot be right."""
    client = Sabotaged(adapter(name), spoil, ToolExec, nth=1)

    said = one(client, TOOLS[0], tmp_path).judgement

    assert subtype in {found.subtype for found in said.findings}


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
    honest = one(adapter(name), "baseline/two_turns", tmp_path / "1")
    spoilt = Sabotaged(adapter(name), drop, Attempt, nth=3)

    assert untold(honest) == []
    assert untold(one(spoilt, "baseline/two_turns", tmp_path / "2"))


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
    scenario = "connect/drop_before_headers_run"

    shipped = one(CLIENTS[name](), scenario, tmp_path / "1").judgement
    tuned = one(CLIENTS[f"{name}_tuned"](), scenario, tmp_path / "2").judgement

    assert (shipped.verdict, shipped.server.runs) == (Verdict.DUPLICATE_EFFECT, 2)
    assert (tuned.verdict, tuned.server.runs) == (Verdict.DEGRADED_HONESTLY, 1)
