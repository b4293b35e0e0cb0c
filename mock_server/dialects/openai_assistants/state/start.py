"""Starts a run: chooses its cassette, binds it to live ids, plans its first events.

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
from .live import LiveSegment
from .objects import blank_assistant, text_of
from .rebind import Binding
from .refusal import RefusedError
from .script import Script, recorded_start
from .shapes import rest_thread
from .state import Run, Thread
from .wire import Obj


def create(
    call: OperationCall,
    thread: Thread,
    assistant: Obj,
    settings: Obj,
    *,
    tells_thread: bool,
) -> Run:
    """Create a run of *assistant* in *thread* and plan its first segment.

    Events are published up to the first run object, so that the run can be read at
    once. With *tells_thread*, the stream starts with ``thread.created``.
    """
    context = call.context
    cassette = context.cassettes[min(turn(thread), len(context.cassettes) - 1)]
    recorded = recorded_start(cassette)
    run_id, thread_id = context.new_id("run_"), thread.obj["id"]
    live = {
        recorded.run: run_id,
        recorded.thread: thread_id,
        recorded.assistant: assistant["id"],
    }
    overlay = dict(settings)
    if context.settings.expire_after_s is not None:
        overlay["expires_at"] = call.now_s + int(context.settings.expire_after_s)
    script = Script(
        streams=cassette.streams(),
        bind=Binding(live, call.now_s - recorded.created_at_s, context.new_id),
        overlay=overlay,
        shape=context.settings.shape,
        thread=rest_thread(thread.obj) if tells_thread else None,
        with_contents=call.with_contents,
    )
    run = _run(call, thread, run_id, script)
    call.committed("run", run_id, thread_id, last_text(thread))
    segment = _first_segment(call, cassette, script)
    plan(call, run, segment)
    names = (segment.name(index) for index in range(len(segment)))
    run_objects = (i for i, n in enumerate(names) if n.startswith("thread.run."))
    run.log.announce(1 + next(run_objects))
    if not context.is_express:
        run.log.apply()
    return run


def plan(call: OperationCall, run: Run, segment: Segment) -> int:
    """Plan what *run* sends next as *segment*; return the index of its first event.

    For a load test, all its tokens are journaled here at once.
    """
    if call.context.is_express:
        texts = (
            segment.texts if isinstance(segment, LiveSegment) else truth.texts(segment)
        )
        for entry in truth.planned_texts(run.log.run_id, texts):
            call.context.journal(entry)
    return run.log.plan(segment)


def _first_segment(call: OperationCall, cassette: Cassette, script: Script) -> Segment:
    """Return a run's first segment; for a load test, from a template if possible."""
    if not call.context.is_express:
        return script.next_segment()
    overlay = {k: v for k, v in script.overlay.items() if k != "metadata"}
    template = compiling.template(
        cassette,
        script.shape,
        msgspec.json.encode(overlay),
        with_contents=script.with_contents,
    )
    if template is None:
        return script.next_segment()
    script.played = 1
    values = template.values(script.bind, script.overlay["metadata"])
    return LiveSegment(script.opening(), template, values)


def _run(call: OperationCall, thread: Thread, run_id: str, script: Script) -> Run:
    """Store a run without events in *thread* and in the state; return it."""
    context = call.context

    def on_publish(entry: Entry) -> None:
        if entry.payload is None:
            return
        for said in truth.entries_of(run_id, run.status, entry.name, entry.payload):
            if not (context.is_express and isinstance(said, TextSent)):
                context.journal(said)
        events.apply(thread, run, entry.payload)

    def on_drop(dropped: Sequence[Entry]) -> None:
        for entry in truth.dropped_texts(run_id, dropped):
            context.journal(entry)

    log = EventLog(
        run_id,
        on_publish,
        on_drop=on_drop if context.is_express else None,
        on_plan=context.planned,
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
    """Return the assistant that a run names.

    Raises:
        RefusedError: Nobody created it, and the session does not accept every id.
    """
    known = call.state.assistants
    if call.context.settings.knows_any_assistant and assistant_id not in known:
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
