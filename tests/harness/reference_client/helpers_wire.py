"""The wire, for tests: objects, events and responses as OpenAI frames them."""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from midstream.harness.reference_client.values import (
    Bytes,
    Failed,
    Response,
    StreamEnded,
    TimedOut,
)

THREAD, RUN, MESSAGE = "thread_1", "run_1", "msg_1"
LOST = Failed("closed", is_sent=True, text="lost")
REFUSED = Failed("refused", is_sent=False, text="nobody there")
Piece: TypeAlias = Bytes | StreamEnded | TimedOut


def frame(name: str, data: Any) -> bytes:  # noqa: ANN401 - anything JSON can say
    """Return an event as OpenAI frames it."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {text}\n\n".encode()


def run(status: str, **more: object) -> dict[str, Any]:
    """Return a run object; its key is that of the machine's first turn."""
    return {"id": RUN, "thread_id": THREAD, "status": status, **more}


def message(text: str | None, name: str = MESSAGE, **more: object) -> dict[str, Any]:
    """Return an assistant's message; None: it has no content yet."""
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    return {
        "id": name,
        "thread_id": THREAD,
        "run_id": RUN,
        "role": "assistant",
        "content": [] if text is None else content,
        **more,
    }


def delta(text: str, name: str = MESSAGE, index: int = 0) -> bytes:
    """Return the event that adds *text*."""
    block = {"index": index, "type": "text", "text": {"value": text}}
    return frame("thread.message.delta", {"id": name, "delta": {"content": [block]}})


def call(name: str, arguments: str = "{}") -> dict[str, Any]:
    """Return a tool call as a run demands it."""
    function = {"name": "look", "arguments": arguments}
    return {"id": name, "type": "function", "function": function}


def action(*calls: dict[str, Any]) -> dict[str, Any]:
    """Return a run that waits for *calls*."""
    return run(
        "requires_action",
        required_action={"submit_tool_outputs": {"tool_calls": calls}},
    )


DONE = frame("done", "[DONE]")
TOKENS = ["Hel", "lo, ", "wör", "ld!"]
TEXT = "".join(TOKENS)
BEGIN = [
    frame("thread.run.created", run("queued")),
    frame("thread.message.created", message(None)),
]
SHORT = [
    *BEGIN,
    *(delta(t) for t in TOKENS),
    frame("thread.message.completed", message(TEXT)),
    frame("thread.run.completed", run("completed")),
    DONE,
]


def ok(body: object, **headers: str) -> Response:
    """Return a 200 with *body* as JSON."""
    return Response(200, headers, json.dumps(body).encode())


def status(code: int, text: str = "no", **headers: str) -> Response:
    """Return an error response; ``_`` in header names stands for ``-``."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"error": {"message": text, "type": "t", "code": None}})
    return Response(code, names, body.encode())


def pieces(events: Iterable[bytes], end: Piece | None = None) -> list[Piece]:
    """Return a stream's answers: the events, one a piece, then *end* (clean)."""
    return [*map(Bytes, events), end or StreamEnded("clean")]
