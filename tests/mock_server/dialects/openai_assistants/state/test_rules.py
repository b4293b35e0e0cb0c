from collections.abc import Callable
from typing import Any

import pytest

from midstream.mock_server.core.journal import Rejected
from tests.mock_server.dialects.openai_assistants.helpers_account import (
    ASK,
    NOW_S,
    Account,
)

BAD_BODIES: dict[str, tuple[str, object, str, str | None, str | None]] = {
    "no model": (
        "/assistants",
        {},
        "Missing required parameter: 'model'.",
        "missing_required_parameter",
        "model",
    ),
    "metadata that is no string": (
        "/threads",
        {"metadata": {"modified": True}},
        (
            "Invalid type for 'metadata.modified': expected a string, but got a "
            "boolean instead."
        ),
        "invalid_type",
        "metadata.modified",
    ),
    "too many pairs of metadata": (
        "/threads",
        {"metadata": {str(i): "" for i in range(17)}},
        (
            "Invalid 'metadata': too many properties. Expected an object with at most "
            "16 properties, but got an object with 17 properties instead."
        ),
        "object_above_max_properties",
        "metadata",
    ),
    "metadata too long": (
        "/threads",
        {"metadata": {"k": "v" * 513}},
        (
            "Invalid 'metadata.k': string too long. Expected a string with maximum "
            "length 512, but got a string with length 513 instead."
        ),
        "string_above_max_length",
        "metadata.k",
    ),
    "a foreign role": (
        "/threads",
        {"messages": [{"role": "system", "content": "x"}]},
        "Invalid value: 'system'. Supported values are: 'user' and 'assistant'.",
        "invalid_value",
        "role",
    ),
    "a message without content": (
        "/threads",
        {"messages": [{"role": "user"}]},
        "Missing required parameter: 'content'.",
        "missing_required_parameter",
        "content",
    ),
    "a message of empty content": (
        "/threads",
        {"messages": [{"role": "user", "content": []}]},
        "Message content must be non-empty.",
        None,
        "content",
    ),
    "no assistant": (
        "/threads/runs",
        {"thread": {"messages": ASK}},
        "Missing required parameter: 'assistant_id'.",
        "missing_required_parameter",
        "assistant_id",
    ),
    "rubbish": (
        "/threads",
        b'{"messages": [',
        "We could not parse the JSON body of your request.",
        None,
        None,
    ),
    "a list in place of an object": (
        "/threads",
        [],
        "We could not parse the JSON body of your request.",
        None,
        None,
    ),
    "bytes that are not UTF-8": (
        "/threads",
        b'{"a":"\xff"}',
        "We could not parse the JSON body of your request.",
        None,
        None,
    ),
    "half a surrogate pair": (
        "/threads",
        rb'{"metadata":{"a":"\ud800"}}',
        "We could not parse the JSON body of your request.",
        None,
        None,
    ),
    "nesting without end": (
        "/threads",
        b"[" * 100_000,
        "We could not parse the JSON body of your request.",
        None,
        None,
    ),
}


@pytest.mark.parametrize(
    ("path", "body", "message", "code", "param"), BAD_BODIES.values(), ids=BAD_BODIES
)
def test_a_bad_body_is_refused_in_the_words_of_the_api(
    path: str, body: object, message: str, code: str | None, param: str | None
) -> None:
    """Each mistake in a body gets status 400 and names the parameter."""
    status, error = Account().refused("POST", path, body)
    assert status == 400
    assert error == {
        "message": message,
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }


MISSING = {
    "thread": ("GET", "/threads/thread_x", "No thread found with id 'thread_x'."),
    "assistant": ("GET", "/assistants/a", "No assistant found with id 'a'."),
    "messages in none": ("GET", "/threads/t/messages", "No thread found with id 't'."),
    "a path the API lacks": ("GET", "/nowhere", "Invalid URL (GET /nowhere); "),
    "a method it lacks": ("PUT", "/threads", "Invalid URL (PUT /threads); "),
}


@pytest.mark.parametrize(("method", "path", "message"), MISSING.values(), ids=MISSING)
def test_what_is_not_there_is_a_404(method: str, path: str, message: str) -> None:
    """An unknown id or path is answered 404, by name, and journalled."""
    account = Account()
    status, error = account.refused(method, path)
    assert status == 404
    assert error["message"].startswith(message)
    assert [r.message for r in account.said(Rejected)] == [error["message"]]


@pytest.mark.parametrize("noun", ["message", "run"])
def test_an_unknown_thing_in_a_thread_is_a_404(noun: str) -> None:
    """Ids of messages and runs are looked up in their thread."""
    account = Account()
    status, error = account.refused("GET", f"{account.thread()}/{noun}s/x")
    assert (status, error["message"]) == (404, f"No {noun} found with id 'x'.")


def test_an_unknown_step_is_a_404() -> None:
    """The recorded text for a step that does not exist."""
    account = Account()
    run = account.run(account.thread())
    status, error = account.refused("GET", f"{run}/steps/step_123")
    assert (status, error["message"]) == (404, "No run step found with id 'step_123'.")


def test_the_beta_header_is_required() -> None:
    """Without OpenAI-Beta the answer is 400 invalid_beta."""
    status, error = Account().refused("POST", "/threads", headers={})
    assert (status, error["code"]) == (400, "invalid_beta")
    assert error["message"].startswith("You must provide the 'OpenAI-Beta' header")


def test_a_run_needs_something_to_answer() -> None:
    """A thread without user message and an assistant without instructions: refused."""
    account = Account()
    thread = f"/threads/{account.ok('POST', '/threads')['id']}"
    body = {"assistant_id": account.assistant()}
    _, error = account.refused("POST", f"{thread}/runs", body)
    assert error["code"] == "invalid_thread"
    account.ok("POST", f"{thread}/runs", {**body, "instructions": "Say hello."})


def _active(account: Account) -> tuple[str, str, str]:
    """Return thread path, thread id and run id of a run in progress."""
    thread = account.thread()
    run = account.run(thread)
    account.play(4)
    return thread, thread.rpartition("/")[2], run.rpartition("/")[2]


def test_an_active_run_locks_its_thread_against_messages() -> None:
    """Adding a message meanwhile is refused, and nothing is stored."""
    account = Account()
    thread, thread_id, run_id = _active(account)
    _, error = account.refused("POST", f"{thread}/messages", ASK[0])
    assert error["message"] == (
        f"Can't add messages to {thread_id} while a run {run_id} is active."
    )
    account.play()
    account.ok("POST", f"{thread}/messages", ASK[0])


@pytest.mark.parametrize("extra", [{}, {"additional_messages": ASK}])
def test_an_active_run_locks_its_thread_against_runs(extra: dict[str, Any]) -> None:
    """A second run meanwhile is refused, and its messages are not added either."""
    account = Account()
    thread, thread_id, run_id = _active(account)
    before = account.dialect.counts()
    body = {"assistant_id": account.assistant(), **extra}
    _, error = account.refused("POST", f"{thread}/runs", body)
    message = f"Thread {thread_id} already has an active run {run_id}."
    assert error["message"] == message
    assert account.dialect.counts() == before


def _submit(*ids: str) -> dict[str, Any]:
    return {"tool_outputs": [{"tool_call_id": i, "output": "ok"} for i in ids]}


def _waiting(account: Account) -> tuple[str, list[str]]:
    """Return the path of a run that waits for outputs, and the call ids."""
    run = account.run(account.thread())
    account.play()
    action = account.ok("GET", run)["required_action"]["submit_tool_outputs"]
    return run, [call["id"] for call in action["tool_calls"]]


CHOICES: dict[str, Callable[[list[str]], list[str]]] = {
    "some": lambda ids: ids[:1],
    "none": lambda _: [],
    "foreign": lambda ids: [*ids, "call_x"],
}


@pytest.mark.parametrize("choose", CHOICES.values(), ids=CHOICES)
def test_exactly_the_asked_outputs_are_accepted(
    choose: Callable[[list[str]], list[str]],
) -> None:
    """Fewer or more outputs than asked for are refused; the exact set is taken."""
    account = Account("parallel_tools")
    run, ids = _waiting(account)
    path = f"{run}/submit_tool_outputs"
    given = choose(ids)
    _, error = account.refused("POST", path, _submit(*given))
    assert error["message"] == f"Expected tool outputs for call_ids {ids}, got {given}"
    assert account.ok("POST", path, _submit(*reversed(ids)))["status"] == "queued"


def test_outputs_are_accepted_once() -> None:
    """A second submission is refused at once, before the run has gone on at all."""
    account = Account("function_tool")
    run, ids = _waiting(account)
    path = f"{run}/submit_tool_outputs"
    account.ok("POST", path, _submit(*ids))
    _, error = account.refused("POST", path, _submit(*ids))
    assert error["message"] == 'Runs in status "queued" do not accept tool outputs.'


def test_a_finished_run_can_neither_be_cancelled_nor_fed() -> None:
    """The texts for both name the status, each with its own quotes."""
    account = Account()
    run = account.run(account.thread())
    account.play()
    _, error = account.refused("POST", f"{run}/cancel")
    assert error["message"] == "Cannot cancel run with status 'completed'."
    _, error = account.refused("POST", f"{run}/submit_tool_outputs", _submit("c"))
    assert error["message"] == 'Runs in status "completed" do not accept tool outputs.'


def test_a_run_in_progress_cannot_be_changed() -> None:
    """Its metadata can be changed only when it is not being executed."""
    account = Account()
    run = account.run(account.thread(), metadata={"a": "1"})
    account.play(3)
    _, error = account.refused("POST", run, {"metadata": {"a": "2"}})
    assert error["message"] == "Cannot update run with status 'in_progress'."
    account.play()
    assert account.ok("POST", run, {"metadata": {"a": "2"}})["metadata"] == {"a": "2"}


def test_include_has_one_legal_value() -> None:
    """Anything but the contents of file searches is refused."""
    account = Account("file_citations")
    run = account.run(account.thread())
    account.play()
    status, error = account.refused("GET", f"{run}/steps", query={"include[]": "all"})
    assert (status, error["param"]) == (400, "include")


def test_times_are_those_of_the_request() -> None:
    """Objects carry the time they were given, in whole seconds."""
    account = Account()
    thread = account.thread()
    assert account.ok("GET", thread)["created_at"] == int(NOW_S)
    assert account.ok("GET", account.run(thread))["created_at"] == int(NOW_S)
