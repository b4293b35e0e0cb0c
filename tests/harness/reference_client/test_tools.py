"""Tools are run once and their outputs delivered once, whatever gets lost."""

from collections.abc import Callable

import pytest

from midstream.harness.record.ops import ToolExec, ToolSubmit
from midstream.harness.reference_client.values import StreamEnded
from tests.harness.reference_client.helpers_wire import (
    BEGIN,
    DONE,
    LOST,
    SHORT,
    TEXT,
    Piece,
    action,
    call,
    frame,
    ok,
    pieces,
    run,
    status,
)
from tests.harness.reference_client.helpers_world import After, Reaction, World, play

ARGUMENTS = '{"city": "Bergen"}'
CALLS = (call("call_a", ARGUMENTS), call("call_b"))
WAITING = action(*CALLS)
ASKING = [BEGIN[0], frame("thread.run.requires_action", WAITING), DONE]
ANSWERING = SHORT[1:]
TORN = StreamEnded("torn")
TOO_LATE = 'Runs in status "queued" do not accept tool outputs.'
EXPIRED = 'Runs in status "expired" do not accept tool outputs.'


def world(
    *streams: list[Piece],
    runs: list[dict[str, object]] | None = None,
    **react: list[Reaction],
) -> World:
    """Return a world whose run asks for two tools, then answers."""
    return World(
        streams=[*streams] or [pieces(ASKING), pieces(ANSWERING)],
        runs=[*(runs or [run("completed")])],
        react=react,
    )


def test_runs_all_calls_and_submits_once() -> None:
    """Both calls in order, exact arguments, one request with both outputs."""
    played = play(world())
    told = [op for op in played.ops if isinstance(op, ToolExec | ToolSubmit)]
    assert told == [
        ToolExec(call_id="call_a", name="look", arguments=ARGUMENTS),
        ToolExec(call_id="call_b", name="look", arguments="{}"),
        ToolSubmit(call_ids=("call_a", "call_b")),
    ]
    outputs = [{"tool_call_id": c, "output": "42"} for c in ("call_a", "call_b")]
    submitted = played.world.calls[-1]
    assert submitted.path == "/threads/thread_1/runs/run_1/submit_tool_outputs"
    assert submitted.body == {"tool_outputs": outputs, "stream": True}
    assert (played.text, played.claims) == (TEXT, ["complete"])


AGAIN = [WAITING, run("completed")]
SCRIPTS: dict[str, Callable[[], World]] = {
    "cut before the call (TOL-01)": lambda: world(
        pieces(BEGIN[:1], TORN), pieces(ANSWERING), runs=AGAIN
    ),
    "ended inside the call (TOL-04)": lambda: world(
        pieces([BEGIN[0], ASKING[1][:-20]]), pieces(ANSWERING), runs=AGAIN
    ),
    "the call repeated (TOL-08)": lambda: world(
        pieces([BEGIN[0], ASKING[1], ASKING[1], DONE]), pieces(ANSWERING)
    ),
    "the call repeated on the second stream (TOL-03)": lambda: world(
        pieces(ASKING), pieces([ASKING[1], *ANSWERING])
    ),
    "the second stream cut (TOL-07)": lambda: world(
        pieces(ASKING), pieces(ANSWERING[:3], TORN)
    ),
    "the second stream empty, the run shown stale (TOL-03)": lambda: world(
        pieces(ASKING), [], runs=[WAITING, WAITING, run("completed")]
    ),
    "the submission's answer lost (TOL-02)": lambda: world(submit_tools=[After(LOST)]),
    "an error after the submission (TOL-02)": lambda: world(
        submit_tools=[After(status(500))]
    ),
    "the submission lost": lambda: world(
        submit_tools=[LOST], runs=[WAITING, run("completed")]
    ),
    "an error before the submission": lambda: world(
        submit_tools=[status(503)], runs=[WAITING, run("completed")]
    ),
    "the submission lost, and the look at the run": lambda: world(
        submit_tools=[LOST], poll=[LOST], runs=[WAITING, run("completed")]
    ),
    "a refusal after a lost answer": lambda: world(
        submit_tools=[After(LOST), status(400, TOO_LATE)],
        runs=[WAITING, run("in_progress"), run("completed")],
    ),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_runs_once_and_delivers_once(script: Callable[[], World]) -> None:
    """Each call is run once and accepted once, and the answer is whole."""
    server = script()
    played = play(server)
    assert server.executed == ["call_a", "call_b"]
    assert server.commits["submit_tools"] == 1
    assert (played.text, played.claims) == (TEXT, ["complete"])


def test_looks_before_it_submits_again() -> None:
    """Between two submissions stands a look that showed the run still waiting."""
    played = play(world(submit_tools=[LOST], runs=[WAITING, run("completed")]))
    assert played.whats[2:] == ["submit_tools", "poll", "submit_tools"]


def test_outputs_that_come_too_late_are_told_honestly() -> None:
    """TOL-05, TOL-09: the run has expired; nothing is run or sent again."""
    server = world(submit_tools=[status(400, EXPIRED)], runs=[run("expired")])
    played = play(server)
    assert server.executed == ["call_a", "call_b"]
    assert played.whats.count("submit_tools") == 1
    assert played.claims == ["failed"]
    assert "expired" in played.notices


def test_a_refusal_while_the_run_waits_is_final() -> None:
    """TOL-06: outputs that the server will not have are not sent again."""
    server = world(submit_tools=[status(400, "Expected tool outputs")], runs=[WAITING])
    played = play(server)
    assert played.whats[-3:] == ["submit_tools", "poll", "cancel"]
    assert played.claims == ["failed"]
    assert "Expected tool outputs" in played.notices


def test_a_second_round_of_calls_is_run_as_well() -> None:
    """Calls with other ids are other calls."""
    second = frame("thread.run.requires_action", action(call("call_c")))
    server = world(pieces(ASKING), pieces([second, DONE]), pieces(ANSWERING))
    assert play(server).claims == ["complete"]
    assert server.executed == ["call_a", "call_b", "call_c"]
    assert server.commits["submit_tools"] == 2


def test_without_streaming_it_polls_for_calls() -> None:
    """Looking at the run finds the calls, and their outputs go without a stream."""
    queued = ok(run("queued"))
    server = world(
        runs=[WAITING, run("completed")],
        create_run=[After(queued)],
        submit_tools=[queued],
    )
    server.runs.insert(0, run("queued"))
    played = play(server, stream=False)
    assert server.executed == ["call_a", "call_b"]
    assert (played.text, played.claims) == (TEXT, ["complete"])
