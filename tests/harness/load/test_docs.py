"""docs/load.md says what is true."""

import argparse
import re
from pathlib import Path
from textwrap import dedent

import pytest

from midstream.harness.commands import COMMANDS
from midstream.harness.load.metrics.figures import kind_of, names
from midstream.harness.load.metrics.gates import DEFAULT, parse
from midstream.harness.load.metrics.health import (
    CPU_PERCENT,
    LOOP_LAG_S,
    NO_VERDICT_PART,
    SEND_LAG_S,
    STANDSTILL_S,
)
from midstream.harness.load.metrics.limits import parse_limits
from midstream.harness.load.metrics.result import EXIT_CODES
from midstream.harness.load.metrics.shortfall import DRAWN_LEAST, MISSED_PART
from midstream.harness.load.metrics.tally import LATE_S
from midstream.harness.load.report.formulas import FORMULAS
from midstream.harness.load.storm import storm_file
from midstream.harness.load.storm.schedule import downs, spans
from midstream.harness.load.storm.storm import (
    PathState,
    Storm,
    StormFault,
    StormOutage,
    StormPhase,
)
from tests.harness.load.helpers_runs import broken

PAGE = (Path(__file__).parents[3] / "docs" / "load.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text of the page's section called *title*."""
    return re.split(r"\n#+ ", PAGE.split(f" {title}\n")[1])[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of that section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


@pytest.mark.parametrize(
    ("title", "struct"),
    [
        ("Fields of a storm", Storm),
        ("Fields of a phase", StormPhase),
        ("Fields of a fault", StormFault),
        ("Fields of a path", PathState),
        ("Fields of an outage", StormOutage),
    ],
)
def test_all_fields_are_explained(title: str, struct: type) -> None:
    """Each field of a file has a line in its table; a storm's name is its file's."""
    told = {re.sub(r"[`\[\]]|phases\.", "", row[0]) for row in rows(title)}
    fields = set(struct.__struct_fields__)  # type: ignore[attr-defined]
    assert told == (fields - {"name"} if struct is Storm else fields)


def test_the_ready_storms_are_listed() -> None:
    """The table of storms is exactly what comes with midstream."""
    told = [row[0].strip("`") for row in rows("Storms") if len(row) == 2]
    assert sorted(told) == storm_file.names()


def test_the_example_is_a_storm_of_40_seconds(tmp_path: Path) -> None:
    """What the page shows can be typed in, and is what it is said to be."""
    example = "\n".join(re.findall(r"^(?:    .*)?$", section("Storms"), re.MULTILINE))
    path = tmp_path / "example.toml"
    path.write_text(dedent(example), encoding="utf-8")
    storm = storm_file.load(path)
    assert [span.length_s for span in spans(storm, 40.0)] == [10.0, 30.0]
    (down,) = downs(storm, 40.0, seed=1, users=10)
    assert (down.begin_s, down.end_s, len(down.users)) == (25.0, 26.5, 2)


def test_metrics_are_explained_as_the_report_does() -> None:
    """Name, formula and who means the same stand in the table, word for word."""
    told = [tuple(row) for row in rows("What is measured in time")]
    assert told == [
        (f"`{name}`", known.formula, known.alike) for name, known in FORMULAS.items()
    ]


def test_all_options_are_explained() -> None:
    """Each option of the command has a place in the table, and none is made up."""
    parser = argparse.ArgumentParser()
    COMMANDS["load"].add_arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    told = {
        option
        for row in rows("Running it")
        for option in re.findall(r"`(-[-a-z]+)`", row[0])
    }
    short = {"--users", "--spawn-rate", "--run-time", "-h", "--help"}
    assert told == known - short


def test_every_count_can_be_a_gate() -> None:
    """What is counted is what gates can ask for, and nothing is left out."""
    told = {
        name.replace("…", "HUNG" if "verdict" in name else "OK")
        for row in rows("What is counted")
        for name in re.findall(r"`([^`]+)`", row[0])
    }
    known = {name.partition(":")[0] for name in names() if kind_of(name) != "time"}
    assert all(kind_of(name) for name in told)
    assert {name.partition(":")[0] for name in told} == known


@pytest.mark.load
def test_what_only_reports_tell_is_explained() -> None:
    """Every total and every rate has a formula, in this table or in the other."""
    told = {
        name
        for row in rows("What is only told")
        for name in re.findall(r"`([^`]+)`", row[0])
    }
    found = broken()
    assert told == (found.totals.keys() | found.rates.keys()) - set(names())


def test_the_gates_of_the_page_can_be_typed() -> None:
    """Every condition and every limit that it shows is understood."""
    typed = re.findall(r'"([^"]+[<>][^"]+)"', section("Gates"))
    assert len(typed) == 5
    assert all(parse(text) for text in typed)
    assert f"`{DEFAULT}`" in section("Gates")
    (limits,) = re.findall(r"`(ttft:[^`]+)`", section("What is counted"))
    assert str(parse_limits(limits.split())) == limits


def test_numbers_are_those_of_the_code() -> None:
    """Limits of the rig, late starts, and exit codes."""
    health, counted = section("Rig health"), section("What is counted")
    assert f"| {SEND_LAG_S * 1000:.0f} ms |" in health
    assert f"| {LOOP_LAG_S * 1000:.0f} ms |" in health
    assert f"| {STANDSTILL_S:g} s |" in health
    assert f"| {CPU_PERCENT:.0f} % of" in health
    assert f"verdict | {NO_VERDICT_PART * 100:.0f} % |" in health
    assert f"free for | {MISSED_PART * 100:.0f} % |" in health
    assert f"more than {LATE_S:g} s after" in counted
    assert f"drawn {DRAWN_LEAST} times or more" in health
    codes = {row[0]: int(row[2]) for row in rows("What came of it")}
    assert codes == EXIT_CODES
