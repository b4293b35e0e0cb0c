"""What a declared dialect says, as values, and the TOML file that says it.

    title = "My API"
    [request]
    path = "/v1/chat/completions"
    key = "bearer"
    [stream]
    framing = "sse"
    [[text]]
    at = "choices[].delta.content"
    [[end]]
    when = {"choices[].finish_reason" = ["stop", "tool_calls"]}

Everything is checked when read: the file, the place, and what would be right.
"""

import re
import tomllib
from functools import cached_property
from pathlib import PurePath
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from midstream.explain import explain
from midstream.mock_server.core.errors import DeclarationError
from midstream.mock_server.core.framing import Framing
from midstream.mock_server.core.mounts import unmounted

from .paths import JsonPath, parse

ANY: Final = "*"
"""The expected value that stands for any value but null."""
_KEY: Final = r"\A(bearer|path|(header|query):[A-Za-z0-9_-]+)\Z"
_PATH: Final = r"\A/[!-~]*\Z"
_ONE_LINE: Final = r"\A[^\r\n]+\Z"

Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Value: TypeAlias = str | int | float | bool
When: TypeAlias = dict[Text, Value | tuple[Value, ...]]
"""What must stand at each path: a value, one of several, or ``"*"`` for any."""
UrlPath: TypeAlias = Annotated[str, Meta(pattern=_PATH)]


Conditions: TypeAlias = tuple[tuple[JsonPath, tuple[Value, ...]], ...]


def _conditions(when: When) -> Conditions:
    return tuple(
        (parse(path), wanted if isinstance(wanted, tuple) else (wanted,))
        for path, wanted in when.items()
    )


class _Rule(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True
):
    """Something that holds of an event when all of *when* does."""

    when: When = {}

    @cached_property
    def conditions(self) -> Conditions:
        """The paths of *when*, each with the values that are right there."""
        return _conditions(self.when)

    def check(self) -> None:
        """Check all paths.

        Raises:
            ValueError: One is no path.
        """
        for path in self.when:
            parse(path)


class TextRule(_Rule, frozen=True, kw_only=True):
    """Where text is.

    Attributes:
        at: The path of a piece of text.
        unless: What must not hold, as *when* is what must.
        id: The path of the message's id, if the API has one; in any event.
        part: The path of the part's number; without it, the innermost number called
            ``index`` on the way to the text, or 0.
    """

    at: Text
    unless: When = {}
    id: Text | None = None
    part: Text | None = None

    @cached_property
    def exceptions(self) -> Conditions:
        """The conditions of which none may hold."""
        return _conditions(self.unless)

    @cached_property
    def path(self) -> JsonPath:
        """The path *at*."""
        return parse(self.at)

    def check(self) -> None:
        """Check all paths."""
        super().check()
        for path in (self.at, *self.unless, self.id, self.part):
            if path is not None:
                parse(path)


class ArgumentsRule(TextRule, frozen=True, kw_only=True):
    """Where the arguments of a tool call are: pieces of JSON text, or a JSON object.

    *id* and *name* are the paths of the call's id and of the tool's name; they may
    stand in another event than the arguments, if they have the same numbers, or the
    same *part*, the path of the call's number. *begin*
    is what must hold of an event that begins a call; without it, *when*. With it, other
    arguments are ignored, such as those of tools that the server itself runs.
    """

    name: Text | None = None
    begin: When = {}

    @cached_property
    def beginnings(self) -> Conditions:
        """The conditions of an event that begins a call."""
        return _conditions(self.begin or self.when)

    def check(self) -> None:
        """Check all paths."""
        super().check()
        for path in (*self.begin, *([] if self.name is None else [self.name])):
            parse(path)


class MarkRule(_Rule, frozen=True, kw_only=True):
    """An event that says how the stream ends."""

    def check(self) -> None:
        """Check all paths, and that there is a condition."""
        super().check()
        if not self.when:
            raise ValueError("'when' is missing; say which event it is")


class RequestRule(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Which requests ask for a stream.

    Attributes:
        path: The path without the query, or several; ``*`` stands for any characters
            but ``/``.
        method: The method.
        key: Where the API key is: "bearer", "header:NAME", "query:NAME", or "path": in
            front of the path, for an API without keys.
    """

    path: UrlPath | tuple[UrlPath, ...]
    method: Annotated[str, Meta(pattern=r"\A[A-Z]{1,16}\Z")] = "POST"
    key: Annotated[str, Meta(pattern=_KEY)] = "bearer"

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths."""
        return self.path if isinstance(self.path, tuple) else (self.path,)

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request of *method* for *path*, without query, is one.

        Where the API is mounted makes no difference.
        """
        wanted = (unmounted(known).split("*") for known in self.paths)
        patterns = ("[^/]*".join(map(re.escape, parts)) for parts in wanted)
        return method == self.method and any(
            re.fullmatch(pattern, unmounted(path)) for pattern in patterns
        )


class StreamRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a stream is framed: server-sent events, or a line of JSON an event."""

    framing: Framing = "sse"


class ErrorEventRule(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """An error event that the API may send: its *data*, and its name, *event*."""

    data: Annotated[str, Meta(pattern=_ONE_LINE)]
    event: Annotated[str, Meta(pattern=_ONE_LINE)] | None = None


class Declaration(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True
):
    """A declared dialect.

    Attributes:
        title: What readers call the API.
        request: Which requests ask for a stream.
        stream: How it is framed.
        text: Where the answer is.
        reasoning: Where the model's thoughts are, which are no part of the answer.
        arguments: Where the arguments of tool calls are.
        end: What ends a stream well.
        incomplete: What says that the answer is cut short (length, a filter).
        error: What says that it has failed.
        error_event: What the fault of that name sends.
    """

    title: Text
    request: RequestRule
    stream: StreamRule = StreamRule()
    text: Annotated[tuple[TextRule, ...], Meta(min_length=1)]
    reasoning: tuple[TextRule, ...] = ()
    arguments: tuple[ArgumentsRule, ...] = ()
    end: Annotated[tuple[MarkRule, ...], Meta(min_length=1)]
    incomplete: tuple[MarkRule, ...] = ()
    error: tuple[MarkRule, ...] = ()
    error_event: ErrorEventRule | None = None


Ending: TypeAlias = Literal["completed", "incomplete", "failed"]
_TABLES: Final = ("text", "reasoning", "arguments", "end", "incomplete", "error")


def loads(text: str, file: str) -> Declaration:
    """Return the declaration that TOML *text* holds; messages call it *file*.

    Raises:
        DeclarationError: It is malformed, or a rule in it is impossible.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{file}: this is not TOML: {error}") from error
    document.setdefault("title", PurePath(file).stem)
    try:
        made = msgspec.convert(document, Declaration)
    except msgspec.ValidationError as error:
        raise DeclarationError(f"{file}: {explain(str(error), Declaration)}") from error
    for table in _TABLES:
        for number, rule in enumerate(getattr(made, table)):
            try:
                rule.check()
            except ValueError as error:
                place = f"$.{table}[{number}]"
                raise DeclarationError(f"{file}: {place}: {error}") from error
    return made
