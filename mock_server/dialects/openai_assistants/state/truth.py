"""Makes the journal entries that record the ground truth of published events."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from midstream.mock_server.core import segment
from midstream.mock_server.core.journal import (
    Asked,
    Closed,
    Entry,
    RunStatus,
    TextDropped,
    TextPlanned,
)

from .wire import Obj

Texts: TypeAlias = Mapping[tuple[str, int], tuple[str, ...]]
"""Tokens by message and part."""


def effects(
    run_id: str, status: str, planned: Iterable[segment.Entry]
) -> segment.Effects:
    """Return what *planned* entries say of run *run_id*, which has *status* before."""
    found = []
    for index, entry in enumerate(planned):
        payload = entry.payload or {}
        said = tuple(_of(run_id, status, entry.name, payload))
        if said:
            found.append((index, said))
        if payload.get("object") == "thread.run":
            status = payload["status"]
    return found


def _of(run_id: str, status: str, name: str | None, payload: Obj) -> Iterator[Entry]:
    """Yield what event *name* says of run *run_id*, which had *status* before it."""
    match payload.get("object"):
        case "thread.message" if name in _CLOSING:
            yield _closed(run_id, payload)
        case "thread.run":
            yield from _run(run_id, status, payload)
        case _:
            pass


_CLOSING = ("thread.message.completed", "thread.message.incomplete")


def texts(planned: Iterable[segment.Entry]) -> Texts:
    """Return all tokens in *planned* entries."""
    found: dict[tuple[str, int], list[str]] = {}
    for entry in planned:
        for message, part, text in _tokens(entry.payload or {}):
            found.setdefault((message, part), []).append(text)
    return {place: tuple(tokens) for place, tokens in found.items()}


def planned_texts(run_id: str, planned: Texts) -> Iterator[Entry]:
    """Yield the entries for the texts that a run plans to send."""
    for (message, part), tokens in planned.items():
        yield TextPlanned(run=run_id, message=message, part=part, texts=tokens)


def dropped_texts(run_id: str, dropped: Iterable[segment.Entry]) -> Iterator[Entry]:
    """Yield the entries for the planned texts that a run will never send."""
    for (message, part), tokens in texts(dropped).items():
        yield TextDropped(run=run_id, message=message, part=part, count=len(tokens))


def _tokens(payload: Obj) -> Iterator[tuple[str, int, str]]:
    """Yield message, part and text of each token of an event, if it has any."""
    if payload.get("object") != "thread.message.delta":
        return
    for block in payload["delta"]["content"]:
        text = block.get("text", {}).get("value")
        if text:
            yield payload["id"], block["index"], text


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
