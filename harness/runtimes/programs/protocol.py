"""The lines that the harness and a program exchange: JSON, one object a line.

Pure: bytes in, values out. `dialogue` knows which lines are allowed when. A program's
operations are those of `record.ops` and take their fields from there, so the two cannot
differ. docs/client-protocol.md explains the protocol to authors.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, Union

import msgspec
from msgspec import Meta
from msgspec.structs import fields

from midstream.explain import explain
from midstream.harness.plain_text import neutral
from midstream.harness.record import ops
from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.ops import Op
from midstream.mock_server.core.errors import UnknownNameError

from . import ProgramError

PROTOCOL: Final = 1
# Node.js's readline and others end a line at these characters, besides line feeds.
_LINE_ENDS: Final = "\u0085\u2028\u2029"
_SHOWN: Final = 80
"""How many characters of a bad line an error quotes."""
_INT_MAX: Final = 2**31 - 1

# The name becomes a directory. Python's "$" also matches before a line feed; the
# lookahead after it gives "$" in Python the meaning that it has in JSON Schema.
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)"


class Job(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="do",
    tag="job",
):
    """Hold a conversation: say each of *turns*, waiting for the answer to the last.

    *base_url* ends in /v1; *tools* are canned outputs by function name, "*" serves
    all others. Give up on silence after *idle_s*, on a turn after *total_s* seconds.
    """

    job: str
    base_url: str
    api_key: str
    turns: tuple[str, ...]
    tools: dict[str, str]
    idle_s: float
    total_s: float
    seed: int


class Cancel(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="do",
    tag="cancel",
):
    """Stop the job at once and say "end"."""

    job: str


class Bye(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="do",
    tag="bye",
):
    """There are no more jobs: exit."""


Order: TypeAlias = Job | Cancel | Bye


class Hello(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="op",
    tag="hello",
):
    """The first line, once: who the client is, and how much it tells (1 to 3).

    *concurrency* is how many jobs one process takes at once.
    """

    protocol: Literal[1]
    name: Annotated[str, Meta(pattern=_NAME)]
    version: Annotated[str, Meta(min_length=1, max_length=64)]
    level: Annotated[int, Meta(ge=1, le=3)]
    capabilities: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    profile: Profile = Profile()
    concurrency: Annotated[int, Meta(ge=1, le=64)] = 1

    def info(self) -> ClientInfo:
        """Return the client's description for the harness."""
        return ClientInfo(
            name=self.name,
            version=self.version,
            level=self.level,
            profile=self.profile,
            capabilities=self.capabilities,
            dialects=self.dialects,
        )


class End(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="op",
    tag="end",
):
    """The job is over; *crash*: an exception that nobody documents ended it."""

    job: str
    crash: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An operation, and the job that it belongs to."""

    job: str
    op: Op


Message: TypeAlias = Hello | Said | End

OPS: Final[Mapping[str, type[Op]]] = {
    "append": ops.Append,
    "replace": ops.Replace,
    "retract": ops.Retract,
    "notice": ops.Notice,
    "tool_exec": ops.ToolExec,
    "tool_submit": ops.ToolSubmit,
    "attempt": ops.Attempt,
    "error": ops.ClientError,
    "settle": ops.Settle,
    "final": ops.Final,
}


def _bounded(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return the type of an operation's field, with the bounds for programs."""
    if kind is int:
        return Annotated[int, Meta(ge=0, le=_INT_MAX)]
    return kind


def _line(word: str, op: type[Op]) -> type[msgspec.Struct]:
    """Return the struct of the line for *op*: its fields, and the job."""
    declared: list[Any] = [("job", str)]
    for field in fields(op):
        default = () if field.required else (field.default,)
        declared.append((field.name, _bounded(field.type), *default))
    return msgspec.defstruct(
        op.__name__,
        declared,
        frozen=True,
        forbid_unknown_fields=True,
        kw_only=True,
        tag_field="op",
        tag=word,
        module=__name__,
        namespace={"__doc__": op.__doc__},
    )


_LINES: Final = {_line(word, op): op for word, op in OPS.items()}
_FORMS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "hello": Hello,
    **dict(zip(OPS, _LINES, strict=True)),
    "end": End,
}
"""The form of a line, by its "op"."""

ANSWER: Final[Any] = Union[Hello, End, *_LINES]
ORDER: Final[Any] = Order
_decoder: Final = msgspec.json.Decoder(ANSWER)


def encode(order: Order) -> bytes:
    """Return *order* as one line with its line feed; no reader can split it in two."""
    line = msgspec.json.encode(order)
    for char in _LINE_ENDS:  # in JSON they can only stand in strings
        line = line.replace(char.encode(), f"\\u{ord(char):04x}".encode())
    return line + b"\n"


def parse(line: bytes) -> Message:
    """Return the message in a program's *line*.

    Half a surrogate pair, which JavaScript can write and UTF-8 cannot encode, becomes
    U+FFFD.

    Raises:
        ProgramError: The line is invalid; the message quotes it and says why.
    """
    try:
        try:
            found = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = _decoder.decode(_without_surrogates(line))
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"{_quoted(line)}: {_why(line, error)}") from error
    if isinstance(found, Hello | End):
        return found
    op = _LINES[type(found)]
    values = {name: getattr(found, name) for name in op.__struct_fields__}
    return Said(found.job, op(**values))


def _without_surrogates(line: bytes) -> bytes:
    """Return *line* with each lone surrogate as U+FFFD.

    Raises:
        ValueError: It is not JSON.
    """
    if b"\\u" not in line:
        return line
    text = json.dumps(json.loads(line), ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _quoted(line: bytes) -> str:
    """Return the beginning of *line* as printable text in quotes."""
    text = neutral(line[: 4 * _SHOWN].decode(errors="replace"))
    return f"'{text[:_SHOWN]}…'" if len(text) > _SHOWN else f"'{text}'"


def _why(line: bytes, error: Exception) -> str:
    """Return what is wrong with *line*, and what would be right if that is known."""
    if not line.strip():
        return "the line is empty; every line is one JSON object"
    try:  # a type error may hide that the line is not JSON
        found = json.loads(line)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError:
        return "it is not JSON; standard output is for the protocol alone"
    if not isinstance(found, dict) or "op" not in found:
        return 'it is not an object with an "op"'
    word = str(found["op"])[:_SHOWN]
    if word not in _FORMS:
        return str(UnknownNameError("op", word, _FORMS))
    return explain(str(error), _FORMS[word])
