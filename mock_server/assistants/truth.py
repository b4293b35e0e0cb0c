"""What the journal says of an event when it is published: the ground truth."""

from collections.abc import Iterator

from mock_server.journal import Asked, Closed, Entry, RunStatus, Told

from .wire import Obj


def of(run_id: str, status: str, name: str, payload: Obj) -> Iterator[Entry]:
    """Yield what event *name* says of run *run_id*, which had *status* before it."""
    match payload.get("object"):
        case "thread.message.delta":
            yield from _told(run_id, payload)
        case "thread.message" if name in _CLOSING:
            yield _closed(run_id, payload)
        case "thread.run":
            yield from _run(run_id, status, payload)
        case _:
            pass


_CLOSING = ("thread.message.completed", "thread.message.incomplete")


def _told(run_id: str, payload: Obj) -> Iterator[Entry]:
    for block in payload["delta"]["content"]:
        text = block.get("text", {}).get("value")
        if text:
            yield Told(
                run=run_id, message=payload["id"], part=block["index"], text=text
            )


def _closed(run_id: str, payload: Obj) -> Entry:
    texts = {
        index: block["text"]["value"]
        for index, block in enumerate(payload["content"])
        if block["type"] == "text"
    }
    return Closed(
        run=run_id,
        thread=payload["thread_id"],
        message=payload["id"],
        parts=texts,
        status="completed" if payload["status"] == "completed" else "incomplete",
    )


def _run(run_id: str, status: str, payload: Obj) -> Iterator[Entry]:
    if payload["status"] != status or payload["status"] == "requires_action":
        yield RunStatus(
            run=run_id, thread=payload["thread_id"], status=payload["status"]
        )
    if payload["status"] == "requires_action":
        for call in payload["required_action"]["submit_tool_outputs"]["tool_calls"]:
            function = call["function"]
            yield Asked(
                run=run_id,
                call_id=call["id"],
                name=function["name"],
                arguments=function["arguments"],
            )
