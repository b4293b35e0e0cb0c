"""Starting a run: which cassette answers, bound to what, and its log.

The turn of a thread chooses the cassette, not the count of runs: a client that
creates a second run for the same message gets the same answer a second time.
"""

from collections.abc import Sequence

import msgspec

from midstream.mock_server.core.event_log import Entry, EventLog, Segment
from midstream.mock_server.core.journal import TextSent
from midstream.mock_server.recordings.cassette import Cassette

from . import compiling, events, truth
from .call import OperationCall
from .live import LiveAct
from .objects import blank_assistant, text_of
from .rebind import Binding
from .refusal import RefusedError
from .script import Script, recorded_start
from .shapes import rest_thread
from .state import Run, Thread
from .wire import Obj


def create(
    call: OperationCall, thread: Thread, of: Obj, settings: Obj, *, tells: bool
) -> Run:
    """Create a run of assistant *of* in *thread*, plan its first act and publish it.

    Only its first run object is published, so that the run can be read at once.
    *tells*: the stream begins with ``thread.created``.
    """
    stage = call.stage
    cassette = stage.cassettes[min(turn(thread), len(stage.cassettes) - 1)]
    recorded = recorded_start(cassette)
    run_id, thread_id = stage.new_id("run_"), thread.obj["id"]
    live = {
        recorded.run: run_id,
        recorded.thread: thread_id,
        recorded.assistant: of["id"],
    }
    overlay = dict(settings)
    if stage.settings.expire_after_s is not None:
        overlay["expires_at"] = call.now_s + int(stage.settings.expire_after_s)
    script = Script(
        acts=cassette.streams(),
        bind=Binding(live, call.now_s - recorded.created_at_s, stage.new_id),
        overlay=overlay,
        shape=stage.settings.shape,
        thread=rest_thread(thread.obj) if tells else None,
        with_contents=call.with_contents,
    )
    run = _run(call, thread, run_id, script)
    call.committed("run", run_id, thread_id, last_text(thread))
    act = _first_act(call, cassette, script)
    plan(call, run, act)
    names = (act.name(index) for index in range(len(act)))
    tells_run = (name.startswith("thread.run.") for name in names)
    run.log.announce(1 + next(i for i, tells in enumerate(tells_run) if tells))
    if not stage.is_express:
        run.log.apply()
    return run


def plan(call: OperationCall, run: Run, act: Segment) -> int:
    """Let *run* say *act* next; return the index of its first event.

    Under load its tokens are journaled here, all at once.
    """
    if call.stage.is_express:
        texts = act.texts if isinstance(act, LiveAct) else truth.texts(act)
        for said in truth.foretold(run.log.run_id, texts):
            call.stage.journal(said)
    return run.log.plan(act)


def _first_act(call: OperationCall, cassette: Cassette, script: Script) -> Segment:
    """Return what a run says first: under load, filled in where there is a template."""
    if not call.stage.is_express:
        return script.next_act()
    overlay = {k: v for k, v in script.overlay.items() if k != "metadata"}
    template = compiling.template(
        cassette,
        script.shape,
        msgspec.json.encode(overlay),
        with_contents=script.with_contents,
    )
    if template is None:
        return script.next_act()
    script.played = 1
    values = template.values(script.bind, script.overlay["metadata"])
    return LiveAct(script.opening(), template, values)


def _run(call: OperationCall, thread: Thread, run_id: str, script: Script) -> Run:
    """Return a run that its log's events will fill, already in *thread*."""
    stage = call.stage

    def on_publish(entry: Entry) -> None:
        if entry.payload is None:
            return
        for said in truth.of(run_id, run.status, entry.name, entry.payload):
            if not (stage.is_express and isinstance(said, TextSent)):
                stage.journal(said)
        events.apply(thread, run, entry.payload)

    def on_drop(dropped: Sequence[Entry]) -> None:
        for said in truth.unsaid(run_id, dropped):
            stage.journal(said)

    log = EventLog(
        run_id,
        on_publish,
        on_drop=on_drop if stage.is_express else None,
        on_plan=stage.planned,
    )
    run = Run({"id": run_id, "thread_id": thread.obj["id"], "status": ""}, log, script)
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


def assistant(call: OperationCall, assistant_id: str) -> Obj:
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
