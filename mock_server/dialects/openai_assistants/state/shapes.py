"""The two shapes of objects: as recorded, and as the specification requires.

The real server left out fields the specification requires, and clients that validate
strictly reject its answers; setting ``shape`` chooses.
"""

from typing import Literal, TypeAlias

from .wire import Obj

Shape: TypeAlias = Literal["spec", "recorded"]

_MESSAGE_STREAM_ONLY = ("status", "incomplete_details", "incomplete_at", "completed_at")
_NO_FILES: Obj = {"code_interpreter": {"file_ids": []}}
_EXECUTING = frozenset({"queued", "in_progress", "requires_action", "cancelling"})


def full(obj: Obj, shape: Shape) -> Obj:
    """Return an event's object in *shape*.

    "step.expired_at, step.metadata missing (30/30) … run objects with
    instructions: null" are the differences between recordings and specification.
    """
    if shape == "recorded":
        return obj
    match obj.get("object"):
        case "thread.run":
            return _full_run(obj)
        case "thread.run.step":
            return {"expired_at": None, "metadata": {}, **obj}
        case "thread.message":
            return {**obj, "attachments": obj.get("attachments", [])}
        case _:
            return obj


def _full_run(obj: Obj) -> Obj:
    return {
        **obj,
        "instructions": obj.get("instructions") or "",
        "parallel_tool_calls": obj.get("parallel_tool_calls", True),
    }


def rest_thread(obj: Obj) -> Obj:
    """Return a thread as REST and events show it.

    Recorded: created with ``tool_resources`` empty, read with an empty interpreter.
    """
    return {**obj, "tool_resources": obj["tool_resources"] or _NO_FILES}


def rest_message(obj: Obj, shape: Shape) -> Obj:
    """Return a message as REST shows it.

    Recorded, 51 of 51: no status, completed_at, incomplete_at, incomplete_details.
    """
    if shape == "spec":
        return obj
    return {k: v for k, v in obj.items() if k not in _MESSAGE_STREAM_ONLY}


def rest_run(obj: Obj) -> Obj:
    """Return a run as REST shows it: once it is over, ``expires_at`` is null."""
    return obj if obj["status"] in _EXECUTING else {**obj, "expires_at": None}


def rest_step(obj: Obj, *, with_content: bool) -> Obj:
    """Return a step as REST shows it; file search contents only on demand."""
    shown = obj if obj["status"] == "in_progress" else {**obj, "expires_at": None}
    return shown if with_content else without_contents(shown)


def without_contents(obj: Obj) -> Obj:
    """Return a step whose file search results name files but hold no contents."""
    details = obj.get("step_details") or {}
    if not any("file_search" in call for call in details.get("tool_calls", ())):
        return obj
    calls = [_without_contents(call) for call in details["tool_calls"]]
    return {**obj, "step_details": {**details, "tool_calls": calls}}


def _without_contents(call: Obj) -> Obj:
    search = call.get("file_search")
    if not search or not search.get("results"):
        return call
    results = [
        {k: v for k, v in result.items() if k != "content"}
        for result in search["results"]
    ]
    return {**call, "file_search": {**search, "results": results}}
