"""A position that the recordings never reach is refused before anything runs."""

from pathlib import Path

import pytest

from midstream import scenarios
from midstream.harness.errors import ScenarioError
from midstream.harness.plan.plan import make_plan

HEAD = """
description = "-"
expectation = "-"
sources = ["made up"]
cassettes = ["openai_assistants/short_answer"]
phase = "P5"
fault_class = "recoverable"
[[faults]]
kind = "early_end"
"""
PLACE = "here: $.faults[0].at"


def planned(at: str, folder: Path) -> None:
    """Plan a scenario with a fault at *at*."""
    path = folder / "here.toml"
    path.write_text(f"{HEAD}at = {at}\n", encoding="utf-8")
    make_plan(scenarios.load_file(path))


@pytest.mark.parametrize(
    "at",
    [
        '{ event = "text", nth = 22 }',
        '{ event = "thread.message.delta", nth = 22 }',
        '{ event = "last" }',
        '{ event = "thread.run.cancelled" }',
        "{ attempt = 2 }",
    ],
    ids=["role", "name", "last", "not recorded, but may be said", "no event"],
)
def test_what_is_reached_is_planned(at: str, tmp_path: Path) -> None:
    """By role or by name; a server with state says more than was recorded."""
    planned(at, tmp_path)


REFUSED = {
    '{ event = "text", nth = 300 }': (
        "the 300th text of openai_assistants/short_answer: it has 22"
    ),
    '{ event = "thread.message.delta", nth = 23 }': "the 23rd thread.message.delta of",
    '{ event = "reasoning" }': "reasoning",
}


@pytest.mark.parametrize(("at", "told"), REFUSED.items(), ids=REFUSED)
def test_what_never_comes_is_refused(at: str, told: str, tmp_path: Path) -> None:
    """With the place, and how many there are."""
    with pytest.raises(ScenarioError) as caught:
        planned(at, tmp_path)
    assert str(caught.value).startswith(PLACE)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("nth", "ordinal"), [(101, "101st"), (102, "102nd"), (103, "103rd"), (111, "111th")]
)
def test_numbers_are_told_in_order(nth: int, ordinal: str, tmp_path: Path) -> None:
    """As a reader says them."""
    with pytest.raises(ScenarioError, match=f"the {ordinal} text"):
        planned(f'{{ event = "text", nth = {nth} }}', tmp_path)
