"""Starting a run: which cassette answers, bound to what, and its log.

The turn of a thread chooses the cassette, not the count of runs: a client that
creates a second run for the same message gets the same answer a second time.
"""

from mock_server.runlog import Entry, RunLog

from . import events, truth
from .call import Call
from .objects import blank_assistant, text_of
from .rebind import Binding
from .refusal import RefusedError
from .script import Script, recorded_start
from .shapes import rest_thread
from .state import Run, Thread
from .wire import Obj


def create(call: Call, thread: Thread, of: Obj, settings: Obj, *, tells: bool) -> Run:
    """Create a run of assistant *of* in *thread*, plan its first act and publish it.

    Only the first event is published, so that the run can be read at once. *tells*:
    the stream begins with ``thread.created``.
    """
    stage = call.stage
    cassette = stage.cassettes[min(turn(thread), len(stage.cassettes) - 1)]
    recorded, ids = recorded_start(cassette)
    run_id, thread_id = stage.new_id("run_"), thread.obj["id"]
    live = {ids["run"]: run_id, ids["thread"]: thread_id, ids["assistant"]: of["id"]}
    shift_s = call.now_s - recorded["created_at"]
    overlay = dict(settings)
    if stage.settings.expire_after_s is not None:
        overlay["expires_at"] = call.now_s + int(stage.settings.expire_after_s)
    script = Script(
        acts=cassette.streams(),
        bind=Binding(live, shift_s, stage.new_id),
        overlay=overlay,
        shape=stage.settings.shape,
        thread=rest_thread(thread.obj) if tells else None,
        with_contents=call.with_contents,
    )
    run = _run(call, thread, run_id, script)
    call.committed("run", run_id, thread_id, last_text(thread))
    run.log.plan(script.next_act())
    while run.obj["status"] == "" and run.log.pending:
        run.log.publish()
    return run


def _run(call: Call, thread: Thread, run_id: str, script: Script) -> Run:
    """Return a run that its log's events will fill, already in *thread*."""

    def on_publish(entry: Entry) -> None:
        if entry.payload is None:
            return
        for said in truth.of(run_id, run.status, entry.name, entry.payload):
            call.stage.journal(said)
        events.apply(thread, run, entry.payload)

    blank = {"id": run_id, "thread_id": thread.obj["id"], "status": ""}
    run = Run(blank, RunLog(run_id, on_publish), script)
    thread.runs[run_id] = run
    call.state.runs.append((thread, run))
    return run


def turn(thread: Thread) -> int:
    """Return the turn a run created in *thread* belongs to, 0 for the first.

    A user message that only repeats the one right before it opens no turn.
    """
    count, before = 0, None
    for message in thread.messages.values():
        said = (message["role"], text_of(message))
        if message["role"] == "user" and said != before:
            count += 1
        before = said
    return max(0, count - 1)


def last_text(thread: Thread) -> str:
    """Return the text of the last user message in *thread*, empty without one."""
    users = [m for m in thread.messages.values() if m["role"] == "user"]
    return text_of(users[-1]) if users else ""


def assistant(call: Call, assistant_id: str) -> Obj:
    """Return the assistant a run names.

    Raises:
        RefusedError: There is none, and the session does not take any.
    """
    known = call.state.assistants
    if call.stage.settings.knows_any_assistant and assistant_id not in known:
        known[assistant_id] = blank_assistant(assistant_id, call.now_s)
    return call.state.assistant(assistant_id)


def need_something_to_answer(written: list[Obj], settings: Obj) -> None:
    """Refuse a run that has neither a user message nor instructions; as recorded.

    Raises:
        RefusedError: It has neither.
    """
    if settings["instructions"] or any(m["role"] == "user" for m in written):
        return
    raise RefusedError(
        "Run creation requires a Thread with a user message or an assistant with "
        "instructions.",
        code="invalid_thread",
    )
