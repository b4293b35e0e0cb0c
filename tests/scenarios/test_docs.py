"""docs/scenarios.md says what is true."""

import re
from pathlib import Path

import pytest

from midstream import scenarios
from midstream.harness.path.toxics import TOXICS
from midstream.harness.plan.plan import DEFAULTS, make_plan
from midstream.harness.record.case import Expect
from midstream.mock_server import FAULTS
from midstream.scenarios.schema import Scenario

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def section(title: str) -> str:
    """Return the text of the page's section called *title*."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_there_is_an_example() -> None:
    """The page shows a whole scenario."""
    assert EXAMPLES


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_loads_and_makes_a_plan(text: str, tmp_path: Path) -> None:
    """What the page shows can be typed in, and every name in it exists."""
    path = tmp_path / "example.toml"
    path.write_text(text, encoding="utf-8")
    plan = make_plan(scenarios.load_file(path))
    assert [f.armed.kind for f in plan.faults] == ["cut", "http_status"]


def test_all_fields_are_explained() -> None:
    """Each field of a scenario but its id has a line in the table."""
    told = set(re.findall(r"^\| `\[*(\w+)\]*` \|", section("Fields"), re.MULTILINE))
    assert told == set(Scenario.__struct_fields__) - {"id"}


def test_all_faults_are_listed() -> None:
    """The table of kinds is exactly what can be asked for."""
    rows = section("Faults").split("\n|---|---|\n")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", rows)) == {*FAULTS, *TOXICS}


@pytest.mark.parametrize(("name", "expect"), DEFAULTS.items())
def test_defaults_are_as_told(name: str, expect: Expect) -> None:
    """The verdicts that pass by default stand in the line of their class."""
    line = next(r for r in section("What passes").split("\n") if f"`{name}`" in r)
    assert re.findall(r"[A-Z_]{5,}", line) == [*expect.ok, *expect.non_strict]


def test_the_ids_it_names_exist() -> None:
    """Every scenario that the page mentions is in the catalogue."""
    named = set(re.findall(r"\b(?:midstream|protocol|tools)/[a-z_]+\b", PAGE))
    assert named
    assert named <= set(scenarios.ids())
