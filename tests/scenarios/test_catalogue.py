"""The catalogue as a whole: what it covers, and that nothing in it is idle talk."""

from typing import get_args

import msgspec
import pytest

from midstream import scenarios
from midstream.harness.path.toxics import TOXICS
from midstream.harness.plan.plan import Plan, make_plan
from midstream.mock_server import FAULTS
from midstream.mock_server.dialects.openai_assistants.state.wire import role_of
from midstream.mock_server.library import event_counts
from midstream.scenarios import Scenario
from midstream.scenarios.schema import PhaseName

IDS = scenarios.ids()
ALL: dict[str, Scenario] = {name: scenarios.load(name) for name in IDS}
FAMILIES = {
    "baseline",
    "connect",
    "framing",
    "limits",
    "midstream",
    "protocol",
    "recovery",
    "slow",
    "tools",
}
PHASES = {f"P{n}" for n in range(13)}
USED = {fault.kind for scenario in ALL.values() for fault in scenario.faults}
ENDED_BADLY = {"incomplete", "failed", "cancelled", "expired"}


def events_there(plan: Plan, on: str, event: str) -> int:
    """Return how often *event* comes in the streams that answer operation *on*."""
    counts = [
        event_counts(cassette, stream)[event]
        for cassette in plan.cassettes
        for stream in cassette.streams()
        if stream.path.endswith("submit_tool_outputs") == (on == "submit")
    ]
    return min(counts, default=0)


def test_is_large_enough() -> None:
    """The catalogue has at least 45 scenarios, in the families that are documented."""
    assert len(IDS) >= 45
    assert {name.partition("/")[0] for name in IDS} == FAMILIES


def test_every_toxic_is_used() -> None:
    """No toxic is without a scenario."""
    assert set(TOXICS) - USED == set()


def test_every_server_fault_is_used() -> None:
    """No server fault is without a scenario."""
    assert set(FAULTS) - USED == set()


def test_every_phase_is_struck() -> None:
    """Each phase from connecting to recovery has a scenario with a fault in it."""
    struck = {s.phase for s in ALL.values() if s.faults}
    assert struck >= PHASES
    assert set(get_args(PhaseName)) >= PHASES


@pytest.mark.parametrize("name", IDS)
def test_all_names_and_settings_exist(name: str) -> None:
    """Cassettes, workload, faults, their settings and verdicts are known."""
    assert make_plan(ALL[name]).cassettes


@pytest.mark.parametrize("name", [n for n in IDS if ALL[n].faults])
def test_every_position_comes(name: str) -> None:
    """The event at which a fault strikes is in every cassette it may strike in."""
    plan = make_plan(ALL[name])
    for fault in plan.faults:
        at = fault.position
        if at is not None and at.event is not None:
            assert events_there(plan, at.on, at.event) >= at.nth, fault.armed.kind


@pytest.mark.parametrize("name", IDS)
def test_byte_positions_are_inside_the_event(name: str) -> None:
    """A byte offset lies in the event, and "mid_char" finds a wide character."""
    plan = make_plan(ALL[name])
    for entry in ALL[name].faults:
        if entry.at is None or entry.at.event is None or not entry.at.byte:
            continue
        stream = plan.cassettes[0].streams()[0]
        blocks = [
            stream.body[block.start : block.stop]
            for block in stream.blocks()
            if entry.at.event in {block.name, role_of(block.name)}
        ]
        data = blocks[entry.at.nth - 1]
        if entry.at.byte == "mid_char":
            assert not data.isascii()
        elif isinstance(entry.at.byte, int):
            assert 0 < entry.at.byte < len(data)


@pytest.mark.parametrize("name", IDS)
def test_only_those_strike_inside_an_event_who_can(name: str) -> None:
    """Of the path faults only `cut` knows where in an event to act."""
    for entry in ALL[name].faults:
        if entry.at is not None and entry.at.byte and entry.kind in TOXICS:
            assert entry.kind == "cut"


def test_only_baselines_have_no_fault() -> None:
    """A baseline has no fault and no phase; every other scenario has both."""
    for name, scenario in ALL.items():
        is_baseline = name.startswith("baseline/")
        assert (not scenario.faults) == is_baseline, name
        assert (scenario.phase == "none") == is_baseline, name


def test_runs_that_end_badly_expect_honesty() -> None:
    """Where the run itself fails, the only right thing is to say so."""
    for ending in ENDED_BADLY:
        assert ALL[f"baseline/{ending}"].expect.ok == ("DEGRADED_HONESTLY",)


def test_no_two_scenarios_are_the_same() -> None:
    """Scenarios differ in more than their words."""
    words = {"id": "x", "description": "x", "expectation": "x", "sources": ("x",)}
    bare = [
        msgspec.json.encode(msgspec.structs.replace(s, phase="none", **words))
        for s in ALL.values()
    ]
    assert len(set(bare)) == len(bare)


def test_descriptions_are_sentences_of_their_own() -> None:
    """Each scenario says in one sentence what happens, and no two say the same."""
    said = [s.description for s in ALL.values()]
    assert len(set(said)) == len(said)
    assert [text for text in said if not text.endswith(".") or ".  " in text] == []


def test_none_takes_long() -> None:
    """Nobody waits for the recorded pace of a long answer, or for long budgets."""
    for name, scenario in ALL.items():
        long = "openai_assistants/long_answer" in scenario.cassettes
        assert not scenario.speed or scenario.speed >= (10 if long else 1), name
        assert scenario.budget_s <= 12, name
        assert scenario.idle_s <= 2 + (scenario.tail_s or 0), name
