import pytest

from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.ops import ToolExec
from tests.harness.helpers_history import asked, check, executed, outputs
from tests.harness.oracle.helpers_findings import says


def test_a_call_executed_as_asked_holds() -> None:
    """A call executed once, with the arguments of the model, is right."""
    assert check("tools_once", asked('{"a":1}'), executed('{"a":1}')) == Finding(
        invariant="tools_once",
        code="I7",
        status=Status.HOLDS,
        message=says(),
        evidence=(1,),
    )


def test_a_call_executed_twice_is_violated() -> None:
    """A tool that ran twice for one call did its side effect twice."""
    found = check("tools_once", asked("{}"), executed("{}"), executed("{}"))
    assert found == Finding(
        invariant="tools_once",
        code="I7",
        status=Status.VIOLATED,
        verdict=Verdict.DUPLICATE_EFFECT,
        subtype="TOOL_REEXECUTED",
        message=says("call_1", "2 times"),
        evidence=(1, 2),
    )


def test_no_execution_is_unknown() -> None:
    """A call that is asked for and not executed proves nothing."""
    assert check("tools_once", asked("{}")).status is Status.UNKNOWN


@pytest.mark.parametrize("arguments", ['{"a":1', '{"a":2}', "{}", ""])
def test_other_arguments_are_violated(arguments: str) -> None:
    """Arguments that are not those asked for, such as a repaired piece, are wrong."""
    found = check("tools_once", asked('{"a":1}'), executed(arguments))
    assert found.subtype == "TRUNCATED_TOOL_CALL"


def test_the_same_json_written_otherwise_holds() -> None:
    """Space and order within JSON do not make other arguments."""
    ran = executed('{ "b": 2, "a": 1 }')
    assert check("tools_once", asked('{"a":1,"b":2}'), ran).status is Status.HOLDS


def test_a_call_nobody_asked_for_is_violated() -> None:
    """A tool that no run asked for must not run."""
    found = check("tools_once", asked("{}"), executed("{}", "call_2"))
    assert found.subtype == "UNASKED_TOOL_CALL"


def test_broken_json_is_the_same_only_to_the_letter() -> None:
    """Arguments that are no JSON are right only if they are the model's very text."""
    assert check("tools_once", asked("{a"), executed("{a")).status is Status.HOLDS
    assert check("tools_once", asked("{a"), executed("{b")).status is Status.VIOLATED


def test_another_tool_than_asked_for_is_violated() -> None:
    """The right arguments do not make the wrong tool right."""
    ran = ToolExec(call_id="call_1", name="delete", arguments="{}")
    found = check("tools_once", asked("{}"), ran)
    assert found.subtype == "WRONG_TOOL_CALL"
    assert found.message == says("call_1", "'lookup'", "'delete'")


def test_an_output_of_a_call_never_executed_is_violated() -> None:
    """Who submits an output without running the tool has made it up."""
    found = check("tools_once", asked("{}"), outputs("call_1"))
    assert (found.verdict, found.subtype) == (
        Verdict.FALSE_SUCCESS,
        "INVENTED_TOOL_OUTPUT",
    )
    assert found.evidence == (1,)


def test_an_output_that_is_told_of_late_holds() -> None:
    """What a program says by a pipe may come after what it said to the server."""
    history = (asked("{}"), outputs("call_1"), executed("{}"))
    assert check("tools_once", *history).status is Status.HOLDS
