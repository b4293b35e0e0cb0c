"""Each adapter by itself: it tells what its client does, no more and no less."""

from pathlib import Path

import pytest

from harness.clients import CLIENTS
from harness.verdict import Grade, Verdict
from tests.e2e.helpers_adapters import ALL, OWN_FINAL, Sabotaged, params
from tests.e2e.helpers_runs import campaign, one
from tests.harness.node.helpers_node import needs_packages

pytestmark = pytest.mark.toxiproxy

CLEAN = "baseline/short_answer"
HARMLESS = (CLEAN, "slow/latency", "baseline/two_messages", "baseline/two_turns")
MULTILINGUAL = "baseline/multilingual"
TOOLS = ("baseline/function_tool", "baseline/parallel_tools")


@pytest.mark.parametrize("name", params(ALL))
def test_what_is_harmless_is_told_as_it_was(tmp_path: Path, name: str) -> None:
    """Clean, slow, two messages, two turns: whole, live and final."""
    done = campaign([CLIENTS[name]()], HARMLESS, tmp_path)

    told = [outcome.judgement for outcome in done.by_client[name]]
    assert len(told) == len(HARMLESS)
    assert {said.verdict for said in told} == {Verdict.UNAFFECTED}
    final = "equal" if name in OWN_FINAL else "none"
    assert {(said.live, said.final) for said in told} == {("equal", final)}


@pytest.mark.parametrize("name", params(OWN_FINAL))
def test_all_scripts_are_told(tmp_path: Path, name: str) -> None:
    """Text in many scripts is whole; the naive client is at the mercy of TCP here."""
    outcome = one(CLIENTS[name](), MULTILINGUAL, tmp_path)

    said = outcome.judgement
    assert (said.verdict, said.live, said.final) == (
        Verdict.UNAFFECTED, "equal", "equal",
    )  # fmt: skip


@pytest.mark.parametrize("name", params(OWN_FINAL))
def test_a_tool_round_trip_is_told(tmp_path: Path, name: str) -> None:
    """Every call is executed once, its output submitted, and the answer shown."""
    done = campaign([CLIENTS[name]()], TOOLS, tmp_path)

    verdicts = [outcome.judgement.verdict for outcome in done.by_client[name]]
    assert verdicts == [Verdict.UNAFFECTED, Verdict.UNAFFECTED]


def test_what_a_client_cannot_do_is_not_counted_as_done(tmp_path: Path) -> None:
    """The naive client knows no tools: UNSUPPORTED, neither passed nor failed."""
    outcome = one(CLIENTS["naive"](), TOOLS[0], tmp_path)

    assert outcome.judgement.grade is Grade.UNSUPPORTED


@pytest.mark.parametrize("name", params(ALL))
def test_an_adapter_that_drops_a_report_is_noticed(tmp_path: Path, name: str) -> None:
    """A text that the client showed and the adapter did not tell is missing."""
    client = Sabotaged(CLIENTS[name](), lambda _: [])

    said = one(client, CLEAN, tmp_path).judgement

    assert said.verdict is Verdict.SILENT_TRUNCATION
    assert said.live == "differs"
    assert (said.final == "equal") is (name in OWN_FINAL)


@pytest.mark.parametrize("name", params(ALL))
def test_an_adapter_that_reports_twice_is_noticed(tmp_path: Path, name: str) -> None:
    """A text that was shown once and told twice is a double, live."""
    client = Sabotaged(CLIENTS[name](), lambda op: [op, op])

    said = one(client, CLEAN, tmp_path).judgement

    assert said.verdict is Verdict.DUPLICATED
    assert said.live == "differs"
    assert (said.final == "equal") is (name in OWN_FINAL)


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
    """What docs/wire.md advises turns a double run into an honest error."""
    scenario = "connect/drop_before_headers_run"

    shipped = one(CLIENTS[name](), scenario, tmp_path / "1").judgement
    tuned = one(CLIENTS[f"{name}_tuned"](), scenario, tmp_path / "2").judgement

    assert (shipped.verdict, shipped.server.runs) == (Verdict.DUPLICATE_EFFECT, 2)
    assert (tuned.verdict, tuned.server.runs) == (Verdict.DEGRADED_HONESTLY, 1)
