# ruff: noqa: ANN401 - the objects of the API are JSON

from collections import defaultdict
from typing import Any

import pytest

from midstream.mock_server import names
from midstream.mock_server.core.journal import Asked, Closed, Committed, RunStatus
from tests.mock_server.dialects.openai_assistants.helpers_account import (
    ASK,
    Account,
    events,
    told,
)

CASSETTES = [n.split("/")[1] for n in names() if n.startswith("openai_assistants/")]


def _messages(account: Account, run: str) -> list[Any]:
    thread, _, run_id = run.partition("/runs/")
    query = {"run_id": run_id, "order": "asc"}
    found: list[Any] = account.ok("GET", f"{thread}/messages", query=query)["data"]
    return found


def _submit_all(account: Account, run: str, **extra: Any) -> Any:
    action = account.ok("GET", run)["required_action"]["submit_tool_outputs"]
    outputs = [
        {"tool_call_id": call["id"], "output": "42"} for call in action["tool_calls"]
    ]
    body = {"tool_outputs": outputs, **extra}
    return account.reply("POST", f"{run}/submit_tool_outputs", body)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_reading_back_agrees_with_the_stream(cassette: str) -> None:
    """After the last event, run, messages and steps are what the stream said last."""
    account = Account(cassette)
    thread = account.thread()
    follow = account.stream(thread)
    run = f"{thread}/runs/{follow.log.run_id}"
    account.play()
    said = events(follow)
    while account.ok("GET", run)["status"] == "requires_action":
        said += events(_submit_all(account, run, stream=True))
        account.play()
    last = {obj["id"]: obj for _, obj in said if obj and "delta" not in obj}
    assert account.ok("GET", run) == {**last.pop(follow.log.run_id), "expires_at": None}
    for message in _messages(account, run):
        assert message == last.pop(message["id"])
    for step in account.ok("GET", f"{run}/steps")["data"]:
        assert step == {**last.pop(step["id"]), "expires_at": None}
    assert not last


@pytest.mark.parametrize("cassette", CASSETTES)
def test_partial_messages_agree_with_what_was_told(cassette: str) -> None:
    """At every moment the text read back is the text told so far."""
    account = Account(cassette)
    run = account.run(account.thread())
    (log,) = account.dialect.logs()
    texts: defaultdict[tuple[str, int], str] = defaultdict(str)
    while log.planned:
        before = log.published
        account.play(1)
        shown = {
            (message["id"], index): block["text"]["value"]
            for message in _messages(account, run)
            for index, block in enumerate(message["content"])
            if block["type"] == "text"
        }
        for part, text in told(log, before, log.published).items():
            texts[part] += text
        assert {k: v for k, v in shown.items() if v} == {
            k: v for k, v in texts.items() if v
        }


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_journal_closes_what_it_told(cassette: str) -> None:
    """The whole text of a closed message is its tokens joined, part by part."""
    account = Account(cassette)
    account.run(account.thread())
    account.play()
    for closed in account.said(Closed):
        assert closed.parts == {
            part: "".join(account.tokens()[closed.message, part])
            for part in closed.parts
        }


def test_ids_are_rebound_in_every_event() -> None:
    """No id of the cassette is left, and run and thread are the live ones."""
    account = Account()
    thread = account.thread()
    follow = account.stream(thread)
    own = {"run_id": follow.log.run_id, "thread_id": thread.rpartition("/")[2]}
    objects = [obj for _, obj in events(follow) if obj]
    for obj in objects:
        assert {k: obj[k] for k in own if k in obj} == {
            k: own[k] for k in own if k in obj
        }
    runs = {obj["id"] for obj in objects if obj["object"] == "thread.run"}
    assert runs == {follow.log.run_id}


def test_a_run_reflects_its_request_and_assistant() -> None:
    """Model, instructions, tools and metadata are the live ones, in each run event."""
    account = Account()
    assistant = account.assistant(instructions="Be brief.", model="gpt-mine")
    body = {"assistant_id": assistant, "metadata": {"key": "1"}, "stream": True}
    tools = [{"type": "function", "function": {"name": "f"}}]
    reply: Any = account.reply(
        "POST", f"{account.thread()}/runs", {**body, "tools": tools}
    )
    for obj in (
        obj for _, obj in events(reply) if obj and obj["object"] == "thread.run"
    ):
        assert obj["model"] == "gpt-mine"
        assert obj["instructions"] == "Be brief."
        assert obj["metadata"] == {"key": "1"}
        assert obj["tools"][0]["function"]["name"] == "f"
        assert obj["assistant_id"] == assistant


def test_a_run_with_its_thread_tells_of_the_thread_first() -> None:
    """POST /threads/runs streams thread.created, then the run; metadata is echoed."""
    account = Account()
    thread = {"messages": ASK, "metadata": {"mine": "1"}}
    body = {"assistant_id": account.assistant(), "thread": thread, "stream": True}
    reply: Any = account.reply("POST", "/threads/runs", body)
    (name, created), (second, run), *_ = events(reply)
    assert (name, second) == ("thread.created", "thread.run.created")
    assert created["metadata"] == {"mine": "1"}
    assert run["thread_id"] == created["id"]


def test_outputs_appear_in_the_step() -> None:
    """The tool step completes with the outputs the client has really sent."""
    account = Account("function_tool")
    run = account.run(account.thread())
    account.play()
    name, step = events(_submit_all(account, run, stream=True))[0]
    assert name == "thread.run.step.completed"
    calls = step["step_details"]["tool_calls"]
    assert [call["function"]["output"] for call in calls] == ["42"] * len(calls)


def test_asked_tools_are_journalled_with_their_arguments() -> None:
    """At requires_action the journal holds each call as the run has it."""
    account = Account("parallel_tools")
    run = account.run(account.thread())
    account.play()
    action = account.ok("GET", run)["required_action"]["submit_tool_outputs"]
    asked = [(a.call_id, a.name, a.arguments) for a in account.said(Asked)]
    assert asked == [
        (c["id"], c["function"]["name"], c["function"]["arguments"])
        for c in action["tool_calls"]
    ]


def test_an_effect_names_its_turn() -> None:
    """The commit of a run carries the text of the last user message."""
    account = Account()
    account.run(account.thread("one", "two"))
    assert [c.text for c in account.said(Committed) if c.what == "run"] == ["two"]


def test_statuses_are_journalled_once_each() -> None:
    """Queued, in progress, completed: each change of status is one entry."""
    account = Account()
    account.run(account.thread())
    account.play()
    statuses = [s.status for s in account.said(RunStatus)]
    assert statuses == ["queued", "in_progress", "completed"]


def _texts(account: Account, run: str) -> list[str]:
    account.play()
    return [m["content"][0]["text"]["value"] for m in _messages(account, run)]


def test_the_turn_chooses_the_cassette() -> None:
    """The second message of a thread is answered by the second cassette."""
    account = Account("short_answer", "two_messages")
    thread = account.thread()
    assert len(_texts(account, account.run(thread))) == 1
    account.ok("POST", f"{thread}/messages", ASK[0])
    assert len(_texts(account, account.run(thread))) == 2


def test_a_duplicate_run_or_message_does_not_move_the_turn() -> None:
    """Who asks the same thing twice gets the first turn's answer twice."""
    account = Account("short_answer", "two_messages")
    thread = account.thread("Well?", "Well?")
    first = _texts(account, account.run(thread))
    assert _texts(account, account.run(thread)) == first


def test_a_submission_without_a_further_act_completes_the_run() -> None:
    """A cassette that stops at requires_action still lets the run end."""
    account = Account("function_tool")
    run = account.run(account.thread())
    account.play()
    for thread_run in account.dialect.state.runs:  # type: ignore[attr-defined]
        thread_run[1].script.played = 99
    _submit_all(account, run)
    account.play()
    assert account.ok("GET", run)["status"] == "completed"


def test_a_hidden_partial_message_appears_when_it_is_done() -> None:
    """With shows_partial off, a message in progress is in no list."""
    account = Account(shows_partial=False)
    run = account.run(account.thread())
    account.play(9)
    assert _messages(account, run) == []
    account.play()
    assert len(_messages(account, run)) == 1


def test_the_recorded_shape_leaves_out_what_the_wire_left_out() -> None:
    """As measured: REST messages without status, runs with null instructions."""
    account = Account(shape="recorded")
    run = account.run(account.thread())
    account.play()
    assert not {"status", "completed_at"} & _messages(account, run)[0].keys()
    assert account.ok("GET", run)["instructions"] is None


CONTENTS = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}


def _results(step: Any) -> list[Any]:
    details = step["step_details"].get("tool_calls", [])
    return [r for call in details for r in call["file_search"]["results"]]


@pytest.mark.parametrize("query", [{}, CONTENTS], ids=["without", "with"])
def test_search_contents_come_only_when_asked_for(query: dict[str, str]) -> None:
    """Results of a file search hold their contents only with include[]."""
    account = Account("file_citations")
    run = account.run(account.thread())
    account.play()
    steps = account.ok("GET", f"{run}/steps", query=query)["data"]
    results = [result for step in steps for result in _results(step)]
    assert results
    assert {"content" in result for result in results} == {bool(query)}


def test_the_stream_has_no_search_contents_either() -> None:
    """Without include[] on the request, step.completed leaves contents out."""
    account = Account("file_citations")
    said = events(account.stream(account.thread()))
    steps = [obj for name, obj in said if name == "thread.run.step.completed"]
    results = [result for step in steps for result in _results(step)]
    assert results
    assert not any("content" in result for result in results)
