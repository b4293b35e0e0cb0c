"""Add, list, read, change and delete the messages of a thread."""

from typing import Any

from midstream.mock_server.core.replies import Answer
from midstream.mock_server.dialects.openai_assistants.state import (
    fields,
    lists,
    objects,
    shapes,
)
from midstream.mock_server.dialects.openai_assistants.state.call import (
    OperationCall,
    deleted,
    ok,
    refuse_if_locked,
)
from midstream.mock_server.dialects.openai_assistants.state.state import Thread
from midstream.mock_server.dialects.openai_assistants.state.wire import Obj


def drafts(
    call: OperationCall, said: list[Any], thread_id: str, where: str
) -> list[Obj]:
    """Return the messages that the request's list *said* asks for; store nothing.

    Raises:
        RefusedError: One of them is wrong.
    """
    for index, body in enumerate(said):
        fields.check(body, dict, f"{where}[{index}]")
    return [
        objects.message(body, thread_id, call.context.new_id("msg_"), call.now_s)
        for body in said
    ]


def commit(call: OperationCall, thread: Thread, message: Obj) -> None:
    """Store a drafted message."""
    thread.messages[message["id"]] = message
    text = objects.text_of(message)
    call.committed("message", message["id"], thread.obj["id"], text)


def add(call: OperationCall) -> Answer:
    """Add a message; a thread with an active run takes none.

    As reported: "Can't add messages to thread_X while a run run_Y is active."
    """
    thread = call.state.thread(call.params["thread_id"])
    message, *_ = drafts(call, [call.body], thread.obj["id"], "")
    thread_id, run_id = thread.obj["id"], thread.active_run
    refuse_if_locked(
        run_id, f"Can't add messages to {thread_id} while a run {run_id} is active."
    )
    commit(call, thread, message)
    return ok(_rest(call, message))


def index(call: OperationCall) -> Answer:
    """List messages, of one run if ``run_id`` says so."""
    thread = call.state.thread(call.params["thread_id"])
    wanted = call.request.query.get("run_id", (None,))[-1]
    found = [
        _rest(call, message)
        for message in thread.messages.values()
        if wanted in {None, message["run_id"]} and _is_shown(call, message)
    ]
    return ok(lists.page(found, call.request.query, "message"))


def read(call: OperationCall) -> Answer:
    """Return one message."""
    return ok(_rest(call, _find(call)))


def update(call: OperationCall) -> Answer:
    """Change a message's metadata."""
    message = _find(call)
    if "metadata" in call.body:
        message["metadata"] = fields.metadata(call.body)
    call.committed("message", message["id"], message["thread_id"])
    return ok(_rest(call, message))


def delete(call: OperationCall) -> Answer:
    """Delete a message."""
    thread = call.state.thread(call.params["thread_id"])
    gone = thread.message(call.params["message_id"])["id"]
    del thread.messages[gone]
    call.committed("message", gone, thread.obj["id"])
    return deleted(gone, "thread.message")


def _find(call: OperationCall) -> Obj:
    thread = call.state.thread(call.params["thread_id"])
    return thread.message(call.params["message_id"])


def _is_shown(call: OperationCall, message: Obj) -> bool:
    return call.context.settings.shows_partial or message["status"] != "in_progress"


def _rest(call: OperationCall, message: Obj) -> Obj:
    return shapes.rest_message(message, call.context.settings.shape)
