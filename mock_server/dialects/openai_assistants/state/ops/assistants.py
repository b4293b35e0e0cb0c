"""Create, list, read, change and delete assistants."""

from midstream.mock_server.core.replies import Answer
from midstream.mock_server.dialects.openai_assistants.state import (
    fields,
    lists,
    objects,
)
from midstream.mock_server.dialects.openai_assistants.state.call import (
    OperationCall,
    deleted,
    ok,
)


def create(call: OperationCall) -> Answer:
    """Create an assistant."""
    fields.need(call.body, "model", str)
    blank = objects.blank_assistant(call.context.new_id("asst_"), call.now_s)
    made = objects.assistant(call.body, blank)
    call.state.assistants[made["id"]] = made
    call.committed("assistant", made["id"])
    return ok(made)


def index(call: OperationCall) -> Answer:
    """List the assistants."""
    found = call.state.assistants.values()
    return ok(lists.page(found, call.request.query, "assistant"))


def read(call: OperationCall) -> Answer:
    """Return one assistant."""
    return ok(call.state.assistant(call.params["assistant_id"]))


def update(call: OperationCall) -> Answer:
    """Change an assistant."""
    base = call.state.assistant(call.params["assistant_id"])
    changed = objects.assistant(call.body, base)
    call.state.assistants[changed["id"]] = changed
    call.committed("assistant", changed["id"])
    return ok(changed)


def delete(call: OperationCall) -> Answer:
    """Delete an assistant."""
    gone = call.state.assistant(call.params["assistant_id"])
    del call.state.assistants[gone["id"]]
    call.committed("assistant", gone["id"])
    return deleted(gone["id"], "assistant")
