"""List and read the steps of a run."""

from midstream.mock_server.core.replies import Answer
from midstream.mock_server.dialects.openai_assistants.state import lists, shapes
from midstream.mock_server.dialects.openai_assistants.state.call import (
    OperationCall,
    ok,
)
from midstream.mock_server.dialects.openai_assistants.state.refusal import not_found
from midstream.mock_server.dialects.openai_assistants.state.state import Run


def index(call: OperationCall) -> Answer:
    """List the steps of a run."""
    with_content = call.with_contents
    found = [
        shapes.rest_step(step, with_content=with_content)
        for step in _run(call).steps.values()
    ]
    return ok(lists.page(found, call.request.query, "run step"))


def read(call: OperationCall) -> Answer:
    """Return one step."""
    steps, wanted = _run(call).steps, call.params["step_id"]
    if wanted not in steps:
        raise not_found("run step", wanted)
    return ok(shapes.rest_step(steps[wanted], with_content=call.with_contents))


def _run(call: OperationCall) -> Run:
    return call.state.thread(call.params["thread_id"]).run(call.params["run_id"])
