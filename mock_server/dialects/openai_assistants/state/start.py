"""Starting a run: which cassette answers, bound to what, and its log.

The turn of a thread chooses the cassette, not the count of runs: a client that
creates a second run for the same message gets the same answer a second time.
"""

from collections.abc import Sequence

import msgspec

from midstream.mock_server.core.event_log import Entry, EventLog, Segment
from midstream.mock_server.recordings.cassette import Cassette

from . import compiling, endings, truth
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
    log = EventLog(run_id, stage.journal, on_plan=stage.planned)
    empty = {"id": run_id, "thread_id": thread_id, "status": ""}
    run = Run(empty, log, script, stage.journal)
    thread.runs[run_id] = run
    call.state.runs.append((thread, run))
    call.committed("run", run_id, thread_id, last_text(thread))
    segment, texts = _first(cassette, run)
    run.plan(segment, texts)
    tells_run = ((name or "").startswith("thread.run.") for name in segment.names)
    log.publish(1 + next(i for i, tells in enumerate(tells_run) if tells))
    return run


def go_on(call: OperationCall, run: Run) -> int:
    """Plan what *run* says once it has its tool outputs; return its first index."""
    entries = run.script.next_act()
    if not entries:
        return run.plan(endings.completed(run, call.now_s), {})
    return run.plan(*_told(run, entries))


def _first(cassette: Cassette, run: Run) -> tuple[Segment, truth.Texts]:
    """Return what a run says first, filled into a template if the cassette has one."""
    script = run.script
    overlay = {k: v for k, v in script.overlay.items() if k != "metadata"}
    template = compiling.template(
        cassette,
        script.shape,
        msgspec.json.encode(overlay),
        with_contents=script.with_contents,
    )
    if template is None:
        return _told(run, script.next_act())
    script.played = 1
    values = template.values(script.bind, script.overlay["metadata"])
    live = LiveAct(run.log.run_id, script.opening(), template, values)
    return live, live.texts


def _told(run: Run, entries: Sequence[Entry]) -> tuple[Segment, truth.Texts]:
    """Return *entries* as a segment, and the texts in them."""
    effects = truth.effects(run.log.run_id, run.status, entries)
    return Segment(entries, effects), truth.texts(entries)


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
