"""The form of a source: what a conversation says, in plain text."""

from typing import Any, Literal, TypeAlias

import msgspec

End: TypeAlias = Literal["completed", "incomplete", "failed", "cancelled", "expired"]


class Say(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="message",
):
    """One message of the assistant's; empty text makes a message without tokens.

    ``¦`` forces a cut between tokens and is no part of the text. A mark such as
    ``【4:0†name】`` is a citation of the file of that name. *image* puts an image
    before the text.
    """

    text: str
    image: bool = False


class FunctionCall(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """A call of one of the user's functions, and the output submitted for it."""

    name: str
    description: str
    arguments: dict[str, str]
    output: str


class CallFunctions(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="functions",
):
    """One step with one or more calls; the run stops until outputs are submitted."""

    calls: tuple[FunctionCall, ...]


class RunCode(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="code_interpreter",
):
    """Code that the model runs, what it prints, and whether it draws an image."""

    input: str
    logs: str
    image: bool = False


class SearchFile(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="file_search",
):
    """A search that finds one passage in the file called *file*."""

    file: str
    passage: str
    score: float


Part: TypeAlias = Say | CallFunctions | RunCode | SearchFile


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole conversation.

    Attributes:
        title: What the cassette is, for readers.
        seed: What ids and times are drawn from.
        prompt: What the user asks.
        instructions: The assistant's instructions.
        steps: What the run does, in order.
        end: How the run ends; other than "completed", it cuts the last message short.
        piece_chars: How many letters a token has at most before uniqueness makes it
            longer; 1 cuts between any two characters; 0 makes each line a token.
        model: The model named in the objects.
    """

    title: str
    seed: int
    prompt: str
    instructions: str
    steps: tuple[Part, ...]
    end: End = "completed"
    piece_chars: int = 4
    model: str = "gpt-4o"

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools of the assistant, as its run names them, each once."""
        found: list[dict[str, Any]] = []
        for tool in (tool for step in self.steps for tool in _tools(step)):
            if tool not in found:
                found.append(tool)
        return found


def _tools(step: Part) -> list[dict[str, Any]]:
    """Return the tools that *step* makes use of."""
    match step:
        case RunCode():
            return [{"type": "code_interpreter"}]
        case SearchFile():
            ranking = {"ranker": "default_2024_08_21", "score_threshold": 0.0}
            return [
                {"type": "file_search", "file_search": {"ranking_options": ranking}}
            ]
        case CallFunctions():
            return [_function(call) for call in step.calls]
        case Say():
            return []


def _function(call: FunctionCall) -> dict[str, Any]:
    """Return the definition of the function that *call* calls."""
    parameters = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in call.arguments},
        "required": list(call.arguments),
    }
    return {
        "type": "function",
        "function": {
            "name": call.name,
            "description": call.description,
            "parameters": parameters,
            "strict": False,
        },
    }
