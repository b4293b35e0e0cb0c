"""New objects, made from a request: assistants, threads, messages, a run's settings.

Field order and defaults are those of the recorded objects.
"""

from collections.abc import Iterator
from typing import Any

from . import fields
from .refusal import RefusedError
from .wire import Obj

_NAME_CHARS, _DESCRIPTION_CHARS, _INSTRUCTIONS_CHARS = 256, 512, 256_000
_CONTENT_TYPES = ("text", "image_url", "image_file")
_ROLES = ("user", "assistant")
_RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0}


def assistant(body: Obj, base: Obj) -> Obj:
    """Return *base* with the changes that *body* asks for.

    Raises:
        RefusedError: A field is wrong.
    """
    texts = {
        "name": _NAME_CHARS,
        "description": _DESCRIPTION_CHARS,
        "model": _NAME_CHARS,
        "instructions": _INSTRUCTIONS_CHARS,
    }
    for name, chars in texts.items():
        if name in body:
            fields.limit(fields.get(body, name, str, ""), chars, name)
    changed = {k: body[k] for k in base if k in body and k not in _FIXED}
    if "tools" in body:
        changed["tools"] = tools(body)
    if "metadata" in body:
        changed["metadata"] = fields.metadata(body)
    return {**base, **changed}


_FIXED = frozenset({"id", "object", "created_at"})


def blank_assistant(assistant_id: str, now_s: int) -> Obj:
    """Return an assistant of which only the id is known."""
    return {
        "id": assistant_id,
        "object": "assistant",
        "created_at": now_s,
        "name": None,
        "description": None,
        "model": "gpt-4o",
        "instructions": None,
        "tools": [],
        "top_p": 1.0,
        "temperature": 1.0,
        "reasoning_effort": None,
        "tool_resources": {},
        "metadata": {},
        "response_format": "auto",
    }


def tools(body: Obj) -> list[Obj]:
    """Return the field ``tools`` with the defaults that the server fills in.

    Raises:
        RefusedError: A tool is of no known type, or a function has no name.
    """
    return [_tool(t, f"tools[{i}]") for i, t in enumerate(_array(body, "tools"))]


def _tool(tool: Any, where: str) -> Obj:  # noqa: ANN401 (JSON)
    fields.check(tool, dict, where)
    kind = fields.need(tool, "type", str, f"{where}.")
    fields.one_of(kind, ("function", "code_interpreter", "file_search"), where)
    if kind == "function":
        function = fields.need(tool, "function", dict, f"{where}.")
        fields.need(function, "name", str, f"{where}.function.")
        defaults = {"parameters": {"type": "object", "properties": {}}, "strict": False}
        named = {k: function[k] for k in ("name", "description") if k in function}
        return {"type": kind, "function": {**named, **defaults, **function}}
    if kind == "file_search":
        return {
            "type": kind,
            kind: {"ranking_options": _RANKING, **(tool.get(kind) or {})},
        }
    return {"type": kind}


def thread(body: Obj, thread_id: str, now_s: int) -> Obj:
    """Return a new thread.

    Raises:
        RefusedError: A field is wrong.
    """
    return {
        "id": thread_id,
        "object": "thread",
        "created_at": now_s,
        "metadata": fields.metadata(body),
        "tool_resources": fields.get(body, "tool_resources", dict, {}),
    }


def message(body: Obj, thread_id: str, message_id: str, now_s: int) -> Obj:
    """Return a new message as a client writes it, in the shape of the stream.

    Raises:
        RefusedError: A field is missing or wrong.
    """
    role = fields.one_of(fields.need(body, "role", str), _ROLES, "role")
    return {
        "id": message_id,
        "object": "thread.message",
        "created_at": now_s,
        "assistant_id": None,
        "thread_id": thread_id,
        "run_id": None,
        "status": "completed",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": now_s,
        "role": role,
        "content": list(_content(body)),
        "attachments": _array(body, "attachments"),
        "metadata": fields.metadata(body),
    }


def text_of(message_object: Obj) -> str:
    """Return the text of a message, all its text blocks joined."""
    blocks = message_object["content"]
    return "".join([b["text"]["value"] for b in blocks if b["type"] == "text"])


def _content(body: Obj) -> Iterator[Obj]:
    """Yield the blocks of a message; in requests a text may be a bare string."""
    content = body.get("content")
    if isinstance(content, str):
        yield _text(content)
        return
    fields.need(body, "content", list)
    if not content:
        raise RefusedError("Message content must be non-empty.", param="content")
    for index, block in enumerate(content):
        where = f"content[{index}]"
        fields.check(block, dict, where)
        kind = fields.need(block, "type", str, f"{where}.")
        fields.one_of(kind, _CONTENT_TYPES, f"{where}.type")
        inner = str if kind == "text" else dict
        value = fields.need(block, kind, inner, f"{where}.")
        yield _text(value) if kind == "text" else {"type": kind, kind: value}


def _text(value: str) -> Obj:
    return {"type": "text", "text": {"value": value, "annotations": []}}


def _array(body: Obj, name: str) -> list[Any]:
    found: list[Any] = fields.get(body, name, list, [])
    return found


def run_settings(body: Obj, owner: Obj) -> Obj:
    """Return the fields of a run that its request, or assistant *owner*, determines.

    Raises:
        RefusedError: A field is wrong.
    """
    extra = fields.get(body, "additional_instructions", str)
    said = fields.get(body, "instructions", str, owner["instructions"])
    inherited = ("model", "temperature", "top_p", "reasoning_effort", "response_format")
    return {
        **{k: owner[k] if body.get(k) is None else body[k] for k in inherited},
        "instructions": "\n".join(filter(None, (said, extra))) or said,
        "tools": tools(body) if body.get("tools") is not None else owner["tools"],
        "metadata": fields.metadata(body),
        **{k: body[k] for k in _RUN_ONLY if body.get(k) is not None},
    }


_RUN_ONLY = (
    "max_completion_tokens",
    "max_prompt_tokens",
    "truncation_strategy",
    "tool_choice",
    "parallel_tool_calls",
    "tool_resources",
)
