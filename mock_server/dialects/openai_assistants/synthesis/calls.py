"""Tool calls: their deltas, and the completed calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from .objects import Obj
from .source import FunctionCall, RunCode, SearchFile
from .tokens import pieces

_FRAGMENT_CHARS = 4


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """The calls of one step: *deltas*, one for each event, and the *done* calls."""

    deltas: Sequence[Obj]
    done: Sequence[Obj]


def functions(wanted: Sequence[FunctionCall], new_id: Callable[[], str]) -> ToolCalls:
    """Return the calls of the user's functions, *done* with their outputs.

    One call comes whole before the next: helpers take a change of index for the end
    of a call.
    """
    ids = [new_id() for _ in wanted]
    arguments = [msgspec.json.encode(call.arguments).decode() for call in wanted]
    rows = list(zip(ids, wanted, arguments, strict=True))
    return ToolCalls(
        [
            delta
            for index, (id_, call, text) in enumerate(rows)
            for delta in _function_deltas(index, id_, call.name, text)
        ],
        [
            _call(
                id_,
                "function",
                {"name": call.name, "arguments": text, "output": call.output},
            )
            for id_, call, text in rows
        ],
    )


def wanted_action(calls: Sequence[Obj]) -> Obj:
    """Return the ``required_action`` of a run that waits for *calls*."""
    asked = [
        _call(
            call["id"],
            "function",
            {key: call["function"][key] for key in ("name", "arguments")},
        )
        for call in calls
    ]
    return {
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {"tool_calls": asked},
    }


def code(part: RunCode, call_id: str, image: str | None) -> ToolCalls:
    """Return a call of the code interpreter; *image* is the file it draws, if any."""
    outputs: list[Obj] = [{"type": "logs", "logs": part.logs}]
    if image:
        outputs.append({"type": "image", "image": {"file_id": image}})
    return ToolCalls(
        list(_code_deltas(part.input, call_id, outputs)),
        [_call(call_id, "code_interpreter", {"input": part.input, "outputs": outputs})],
    )


def search(part: SearchFile, call_id: str, file_id: str) -> ToolCalls:
    """Return a file search, whose results come in the completed step only."""
    ranking = {"ranker": "default_2024_08_21", "score_threshold": 0.0}
    result = {
        "file_id": file_id,
        "file_name": part.file,
        "score": part.score,
        "attributes": {},
        "content": [{"type": "text", "text": part.passage}],
    }
    empty = _call(call_id, "file_search", {"ranking_options": ranking, "results": []})
    found = {"ranking_options": ranking, "results": [result]}
    return ToolCalls([{"index": 0, **empty}], [_call(call_id, "file_search", found)])


def _call(call_id: str, kind: str, inner: Obj) -> Obj:
    return {"id": call_id, "type": kind, kind: inner}


def _function_deltas(index: int, call_id: str, name: str, text: str) -> Iterator[Obj]:
    """Yield id, name and no arguments first, then fragments of the arguments."""
    head = {"name": name, "arguments": "", "output": None}
    yield {"index": index, **_call(call_id, "function", head)}
    for fragment in pieces(text, _FRAGMENT_CHARS):
        yield {"index": index, "type": "function", "function": {"arguments": fragment}}


def _code_deltas(text: str, call_id: str, outputs: Sequence[Obj]) -> Iterator[Obj]:
    """Yield the id first, then fragments of the code, then each output."""
    kind = "code_interpreter"
    yield {"index": 0, **_call(call_id, kind, {"input": "", "outputs": []})}
    for fragment in pieces(text, _FRAGMENT_CHARS):
        yield {"index": 0, "type": kind, kind: {"input": fragment}}
    for index, output in enumerate(outputs):
        yield {
            "index": 0,
            "type": kind,
            kind: {"outputs": [{"index": index, **output}]},
        }
