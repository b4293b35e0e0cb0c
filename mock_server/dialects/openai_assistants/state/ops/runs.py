"""Create, list, read, change, cancel runs, and submit tool outputs to them.

The texts of refusals are those reported from the real server.
"""

from collections.abc import Mapping

from midstream.mock_server.core.replies import STREAM_TYPE, Answer, Follow, Reply
from midstream.mock_server.dialects.openai_assistants.state import (
    endings,
    events,
    fields,
    lists,
    objects,
    shapes,
    start,
)
from midstream.mock_server.dialects.openai_assistants.state.call import (
    OperationCall,
    ok,
    refuse_if_locked,
)
from midstream.mock_server.dialects.openai_assistants.state.refusal import RefusedError
from midstream.mock_server.dialects.openai_assistants.state.state import Run, Thread
from midstream.mock_server.dialects.openai_assistants.state.wire import Obj

from . import messages, threads

_CANCELLABLE = frozenset({"queued", "in_progress", "requires_action"})
_EXECUTING = frozenset({"queued", "in_progress", "cancelling"})
_STREAM = {"content-type": STREAM_TYPE}


def create(call: OperationCall) -> Reply:
    """Create a run in a thread: ``Thread … already has an active run …`` locks it."""
    thread = call.state.thread(call.params["thread_id"])
    settings, assistant = _settings(call)
    added = fields.get(call.body, "additional_messages", list, [])
    thread_id, run_id = thread.obj["id"], thread.active_run
    drafted = messages.drafts(call, added, thread_id, "additional_messages")
    refuse_if_locked(run_id, f"Thread {thread_id} already has an active run {run_id}.")
    written = [*thread.messages.values(), *drafted]
    start.need_something_to_answer(written, settings)
    for message in drafted:
        messages.commit(call, thread, message)
    run = start.create(call, thread, assistant, settings, tells_thread=False)
    return _reply(call, thread, run, 0)


def create_with_thread(call: OperationCall) -> Reply:
    """Create a thread and a run in it."""
    settings, assistant = _settings(call)
    made, written = threads.draft(call, fields.get(call.body, "thread", dict, {}))
    start.need_something_to_answer(written, settings)
    thread = threads.commit(call, made, written)
    run = start.create(call, thread, assistant, settings, tells_thread=True)
    return _reply(call, thread, run, 0)


def index(call: OperationCall) -> Answer:
    """List the runs of a thread."""
    thread = call.state.thread(call.params["thread_id"])
    found = [shapes.rest_run(run.obj) for run in thread.runs.values()]
    return ok(lists.page(found, call.request.query, "run"))


def read(call: OperationCall) -> Answer:
    """Return one run, and when to ask again if the session says so."""
    _, run = _find(call)
    wait_ms = call.context.settings.poll_after_ms
    headers = {} if wait_ms is None else {"openai-poll-after-ms": str(wait_ms)}
    return ok(shapes.rest_run(run.obj), headers)


def update(call: OperationCall) -> Answer:
    """Change a run's metadata; not while it is being executed."""
    _, run = _find(call)
    if run.status in _EXECUTING:
        raise RefusedError(f"Cannot update run with status '{run.status}'.")
    if "metadata" in call.body:
        run.obj = {**run.obj, "metadata": fields.metadata(call.body)}
        run.script.overlay["metadata"] = run.obj["metadata"]
    call.committed("run", run.obj["id"], run.obj["thread_id"])
    return ok(shapes.rest_run(run.obj))


def cancel(call: OperationCall) -> Answer:
    """Cancel a run; it never sends the rest of its answer."""
    thread, run = _find(call)
    if run.status not in _CANCELLABLE:
        raise RefusedError(f"Cannot cancel run with status '{run.status}'.")
    call.committed("cancel", run.obj["id"], thread.obj["id"])
    stop(thread, run, call.now_s)
    return ok(shapes.rest_run(run.obj))


def stop(thread: Thread, run: Run, now_s: int) -> None:
    """Make *run* cancelling at once, and plan the events that end it."""
    run.plan(endings.cancelling(run), {})
    run.log.publish()
    events.apply_all(thread, run)
    run.plan(endings.rest(thread, run, endings.CANCELLED, now_s), {})


def submit(call: OperationCall) -> Reply:
    """Submit the outputs of all tool calls a run waits for; it then goes on."""
    thread, run = _find(call)
    outputs = _outputs(call)
    if run.status != "requires_action":
        raise RefusedError(f'Runs in status "{run.status}" do not accept tool outputs.')
    asked = run.obj["required_action"]["submit_tool_outputs"]["tool_calls"]
    wanted = [tool_call["id"] for tool_call in asked]
    if sorted(outputs) != sorted(wanted) or len(outputs) != len(set(outputs)):
        got = list(outputs)
        raise RefusedError(f"Expected tool outputs for call_ids {wanted}, got {got}")
    call.committed(
        "tool_output", run.obj["id"], run.obj["thread_id"], call_ids=tuple(outputs)
    )
    run.script.outputs.update(outputs)
    first = start.go_on(call, run)
    while run.status == "requires_action":
        run.log.publish()
        events.apply_all(thread, run)
    return _reply(call, thread, run, first)


def _outputs(call: OperationCall) -> Mapping[str, str]:
    """Return the submitted outputs by call id, in the order given."""
    found: dict[str, str] = {}
    given = fields.need(call.body, "tool_outputs", list)
    for index, item in enumerate(given):
        where = f"tool_outputs[{index}]"
        fields.check(item, dict, where)
        call_id = fields.need(item, "tool_call_id", str, f"{where}.")
        if call_id in found:
            raise RefusedError(f"Duplicate tool output for call_id '{call_id}'.")
        found[call_id] = fields.get(item, "output", str, "")
    return found


def _settings(call: OperationCall) -> tuple[Obj, Obj]:
    """Return a new run's settings and its assistant."""
    wanted = fields.need(call.body, "assistant_id", str)
    assistant = start.assistant(call, wanted)
    fields.get(call.body, "stream", bool)
    _ = call.with_contents
    return objects.run_settings(call.body, assistant), assistant


def _reply(call: OperationCall, thread: Thread, run: Run, first: int) -> Reply:
    """Return the stream from event *first* on, or the run object."""
    if call.body.get("stream"):
        return Follow(log=run.log, start=first, headers=_STREAM)
    events.apply_all(thread, run)
    return ok(shapes.rest_run(run.obj))


def _find(call: OperationCall) -> tuple[Thread, Run]:
    thread = call.state.thread(call.params["thread_id"])
    return thread, thread.run(call.params["run_id"])
