"""Starts a run: chooses its cassette, binds it to live ids, plans its first events.

The turn of a thread chooses the cassette, not the count of runs: a client that
creates a second run for the same message gets the same answer a second time.
"""

from collections.abc import Sequence

import msgspec

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.recordings.cassette import Cassette

from . import compiling, endings, truth
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
    if context.settings.expire_after_s is not None:
        expires_s = call.now_s + int(context.settings.expire_after_s)
        settings = {**settings, "expires_at": expires_s}
    script = Script(
        streams=recorded.streams,
        bind=Binding(live, call.now_s - recorded.created_at_s, context.new_id),
        overlay=settings,
        shape=context.settings.shape,
        with_contents=call.with_contents,
        is_as_recorded=context.settings.chunking == "recorded",
    )
    log = EventLog(run_id, context.journal, on_plan=context.planned)
    empty = {"id": run_id, "thread_id": thread_id, "status": ""}
    run = Run(empty, log, script, context.journal)
    thread.runs[run_id] = run
    call.state.runs.append((thread, run))
    call.committed("run", run_id, thread_id, last_text(thread))
    run.plan(*_first(cassette, run, thread.obj, tells_thread=tells_thread))
    names = enumerate(log.segment.names)
    log.publish_to(1 + next(i for i, n in names if n and n.startswith("thread.run.")))
    return run


def go_on(call: OperationCall, run: Run) -> int:
    """Plan what *run* says once it has its tool outputs; return its first index."""
    entries = run.script.next_segment()
    if not entries:
        return run.plan(endings.completed(run, call.now_s), {})
    return run.plan(*_told(run, entries))


def _first(
    cassette: Cassette, run: Run, thread: Obj, *, tells_thread: bool
) -> tuple[Segment, truth.Texts]:
    """Return what a run says first, filled into a template if the cassette has one."""
    script = run.script
    overlay = {k: v for k, v in script.overlay.items() if k != "metadata"}
    told = rest_thread(thread) if tells_thread else None
    template = compiling.template(
        cassette,
        script.shape,
        msgspec.json.encode(overlay),
        b"" if told is None else msgspec.json.encode(told["tool_resources"]),
        with_contents=script.with_contents,
    )
    if template is None:
        script.thread = told
        return _told(run, script.next_segment())
    script.played = 1
    metadata = script.overlay["metadata"]
    values = template.values(script.bind, metadata, thread["metadata"])
    pieces = script.pieces(opening=told is not None)
    live = LiveSegment(run.log.run_id, template, values, pieces)
    return live, live.texts


def _told(run: Run, entries: Sequence[Entry]) -> tuple[Segment, truth.Texts]:
    """Return *entries* as a segment, and the texts in them."""
    effects = truth.effects(run.log.run_id, run.status, entries)
    opening = len(run.script.opening()) if run.script.played == 1 else 0
    segment = Segment(entries, effects, run.script.pieces(opening))
    return segment, truth.texts(entries)


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
