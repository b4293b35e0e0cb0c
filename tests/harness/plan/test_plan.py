from pathlib import Path

import msgspec
import pytest

from midstream.harness.errors import ScenarioError
from midstream.harness.path.toxics.cut import Cut
from midstream.harness.plan.plan import make_plan, select
from midstream.mock_server.core.errors import CassetteError, UnknownNameError
from midstream.scenarios import Scenario, ids, load_file

CUT = "midstream/cut_inside_event"

HEAD = """
description = "Something happens."
expectation = "A good client copes."
sources = ["none"]
cassettes = ["openai_assistants/short_answer"]
phase = "P5"
fault_class = "recoverable"
"""


def written(folder: Path, text: str) -> Scenario:
    """Return the scenario of a user's own file that says *text*."""
    path = folder / "own.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_file(path)


def test_no_pattern_selects_the_whole_catalogue_in_order() -> None:
    """Nothing asked for is everything."""
    chosen = [scenario.id for scenario in select([])]

    assert len(chosen) >= 40
    assert chosen == sorted(chosen)


def test_patterns_select_each_scenario_once() -> None:
    """Overlapping patterns do not run a scenario twice."""
    chosen = [scenario.id for scenario in select(["midstream/cut_*", CUT])]

    assert chosen.count(CUT) == 1
    assert all(name.startswith("midstream/cut_") for name in chosen)


def test_a_pattern_that_matches_nothing_names_the_nearest() -> None:
    """A typing error is answered with the name that was meant."""
    with pytest.raises(UnknownNameError, match=f"did you mean '{CUT}'"):
        select(["midstream/cut_insde_event"])


NEAREST = {
    "the beginning of an id": ("midstream/cut", "midstream/cut_after_first_delta"),
    "the name without its family": ("cut_at_middle", "midstream/cut_at_middle"),
    "a family": ("protocol", "protocol/*"),
    "a family misspelt": ("protocl/*", "protocol/*"),
}


@pytest.mark.parametrize(("asked", "meant"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_scenario_is_named_first(asked: str, meant: str) -> None:
    """What begins like the typed text, or has it inside, comes before all else."""
    with pytest.raises(UnknownNameError) as raised:
        select([asked])
    assert str(raised.value).partition("did you mean ")[2].startswith(repr(meant))


def test_a_long_list_of_scenarios_is_cut_short() -> None:
    """At most twelve ids are listed, with the number of all others."""
    with pytest.raises(UnknownNameError) as raised:
        select(["midstream/cut"])
    message = str(raised.value)
    near = [name for name in ids() if "cut" in name]
    assert sum(repr(name) in message for name in near) == 12
    assert f"{len(near) - 12} more" in message


def test_a_name_like_no_other_is_told_where_to_look() -> None:
    """A message of 133 names would help nobody."""
    with pytest.raises(UnknownNameError, match=f"midstream list.* {len(ids())}$"):
        select(["zzz"])


def test_a_cassette_that_is_not_there_names_who_asks_and_where(tmp_path: Path) -> None:
    """The message has the scenario, the file as written, and its folder."""
    own = msgspec.structs.replace(written(tmp_path, ""), cassettes=("lost/a.jsonl",))
    with pytest.raises(CassetteError) as raised:
        make_plan(own)
    for part in ("own", "lost/a.jsonl", "lost"):
        assert part in str(raised.value)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    """Whoever names a folder reads how to name the files in it."""
    with pytest.raises(UnknownNameError, match="folder") as raised:
        select([str(tmp_path)])
    assert str(raised.value).endswith(f" {tmp_path}/*.toml")


def test_a_cut_takes_its_byte_from_the_position() -> None:
    """The gate stands before the event; the offset inside it is the toxic's."""
    (fault,) = make_plan(select([CUT])[0]).faults

    assert isinstance(fault.toxic, Cut)
    assert fault.position is not None
    assert fault.position.byte == 0
    assert fault.toxic.byte == fault.armed.args["byte"] != 0


def test_a_server_fault_without_a_position_strikes_the_first_head() -> None:
    """Saying nothing means: the first run's response, from its head on."""
    (fault,) = make_plan(select(["connect/drop_before_headers_run"])[0]).faults

    assert fault.server is not None
    assert fault.armed.family == "protocol"
    assert fault.armed.at["attempt"] == 1
    assert fault.armed.at["event"] is None


def test_a_golden_run_has_no_faults_and_the_same_conversation() -> None:
    """What must pass first differs in its faults and pace only."""
    plan = make_plan(select([CUT])[0])
    golden = plan.golden()

    assert golden.is_golden
    assert golden.faults == ()
    assert golden.scenario.faults == ()
    assert (golden.cassettes, golden.workload) == (plan.cassettes, plan.workload)


MISTAKES = {
    "an unknown fault": (
        '[[faults]]\nkind = "latencey"\n',
        UnknownNameError,
        "'latencey'.*did you mean 'latency'",
    ),
    "an unknown setting": (
        '[[faults]]\nkind = "latency"\nargs = { latency = 5 }\n',
        ScenarioError,
        r"own: \$.faults\[0\].args: .*field `latency`; did you mean 'latency_ms'",
    ),
    "a setting of a fault that has none": (
        '[[faults]]\nkind = "early_end"\nargs = { x = 5 }\n',
        ScenarioError,
        r"own: \$.faults\[0\].args: .*unknown field `x`; known: none",
    ),
    "a value that would kill Toxiproxy": (
        '[[faults]]\nkind = "bandwidth"\nargs = { rate_kb_per_s = -1 }\n',
        ScenarioError,
        r"own: \$.faults\[0\].args: ",
    ),
    "a cut without a position": (
        '[[faults]]\nkind = "cut"\n',
        ScenarioError,
        r"own: \$.faults\[0\]: ",
    ),
    "an unknown verdict": (
        '[expect]\nok = ["RECOVERD"]\n',
        ScenarioError,
        "own: .*'RECOVERD'.*did you mean 'RECOVERED'",
    ),
    "an unknown workload": (
        'workload = "single_trun"\n',
        UnknownNameError,
        "did you mean 'single_turn'",
    ),
}


@pytest.mark.parametrize(
    ("text", "error", "message"), MISTAKES.values(), ids=MISTAKES.keys()
)
def test_a_mistake_is_named_by_place_and_remedy(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    """The author of a scenario reads where, what, and what would be right."""
    scenario = written(tmp_path, text)

    with pytest.raises(error, match=message):
        make_plan(scenario)
