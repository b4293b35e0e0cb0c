"""Create, read, change and delete threads."""

from midstream.mock_server.core.replies import Answer
from midstream.mock_server.dialects.openai_assistants.state import (
    fields,
    objects,
    shapes,
)
from midstream.mock_server.dialects.openai_assistants.state.call import (
    OperationCall,
    deleted,
    ok,
)
from midstream.mock_server.dialects.openai_assistants.state.state import Thread
from midstream.mock_server.dialects.openai_assistants.state.wire import Obj

from . import messages


def create(call: OperationCall) -> Answer:
    """Create a thread, with messages if there are any."""
    made, written = draft(call, call.body)
    commit(call, made, written)
    return ok(made)


def draft(call: OperationCall, body: Obj) -> tuple[Obj, list[Obj]]:
    """Return the thread and the messages that *body* asks for; store nothing.

    Raises:
        RefusedError: A field is wrong.
    """
    made = objects.thread(body, call.context.new_id("thread_"), call.now_s)
    said = fields.get(body, "messages", list, [])
    return made, messages.drafts(call, said, made["id"], "messages")


def commit(call: OperationCall, made: Obj, written: list[Obj]) -> Thread:
    """Store a drafted thread with its messages."""
    thread = Thread(made)
    call.state.threads[made["id"]] = thread
    call.committed("thread", made["id"], made["id"])
    for message in written:
        messages.commit(call, thread, message)
    return thread


def read(call: OperationCall) -> Answer:
    """Return one thread."""
    return ok(shapes.rest_thread(call.state.thread(call.params["thread_id"]).obj))


def update(call: OperationCall) -> Answer:
    """Change a thread's metadata or tool resources."""
    thread = call.state.thread(call.params["thread_id"])
    changed = {**thread.obj}
    if "metadata" in call.body:
        changed["metadata"] = fields.metadata(call.body)
    if "tool_resources" in call.body:
        changed["tool_resources"] = fields.get(call.body, "tool_resources", dict, {})
    thread.obj = changed
    call.committed("thread", changed["id"], changed["id"])
    return ok(shapes.rest_thread(changed))


def delete(call: OperationCall) -> Answer:
    """Delete a thread; its runs go on, but nobody can read them."""
    gone = call.state.thread(call.params["thread_id"]).obj["id"]
    del call.state.threads[gone]
    call.committed("thread", gone, gone)
    return deleted(gone, "thread")
