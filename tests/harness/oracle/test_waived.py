"""What a scenario waives is named in the verdict, and nothing is claimed of it."""

from typing import Any

import pytest

from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import Verdict
from tests.harness.helpers_history import (
    FAULT,
    SHOWN,
    STRUCK,
    WHOLE,
    Item,
    answer,
    appended,
    history,
    noticed,
    replaced,
)

LACKING = {"I1": "not looked at", "prefix_display": "not looked at"}


@pytest.mark.parametrize(
    ("shown", "changes", "expected"),
    [
        (SHOWN[:2], {"waived": LACKING}, Verdict.NOT_COMPARED),
        (SHOWN, {"waived": LACKING}, Verdict.NOT_COMPARED),
        (SHOWN, {"waived": {"I12": "known"}}, Verdict.RECOVERED),
        ([noticed()], {"waived": LACKING, "claim": "failed"}, "DEGRADED_HONESTLY"),
        (
            [*appended("?"), replaced(WHOLE)],
            {"waived": {"I1": "known"}},
            Verdict.RECOVERED_BY_RESTART,
        ),
    ],
    ids=["a part", "the whole", "not of the text", "told to have failed", "flicker"],
)
def test_what_was_waived_is_named_and_nothing_is_claimed_of_it(
    shown: list[Item], changes: dict[str, Any], expected: str
) -> None:
    """Whole, once and in order is said of what was compared, and of nothing else."""
    judgement = judge(history(*answer(*STRUCK, *shown, faults=[FAULT], **changes)))
    codes = {"I1": "I1", "prefix_display": "I4", "I12": "I12"}
    named = ", ".join(codes[name] for name in changes["waived"])
    assert judgement.verdict == expected
    assert judgement.reason.endswith(f"; not compared: {named} waived")
    assert not {"whole", "once", "in order"} & {*judgement.reason.split(" ")}
