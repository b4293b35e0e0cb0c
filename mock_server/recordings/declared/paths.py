"""Paths into the JSON of an event: ``choices[].delta.content``.

A name leads into an object; ``[]`` behind it goes through the items of a list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

_STEP: Final = re.compile(r"(?P<name>[^.\[\]\s]+)(?P<items>\[\])?")
DATA: Final = "$data"
"""The path of an event's data as text; of a line of JSON, the line."""
NAME: Final = "$event"
"""The path of an event's name."""


@dataclass(frozen=True, slots=True)
class PathMatch:
    """A *value* at a path, and where it stands.

    *indexes* are the integers called ``index`` of the objects on the way, outermost
    first: APIs number choices, blocks and calls so. *spot* has the position of an item
    as well, where it has no such number. *items* are the positions in all lists.
    """

    value: Any
    indexes: tuple[int, ...] = ()
    spot: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path; make one with `parse`."""

    text: str
    steps: tuple[tuple[str, bool], ...]

    def shared(self, other: "JsonPath") -> int:
        """Return how many lists *other* goes through as this path does."""
        both = zip(self.steps, other.steps, strict=False)
        alike = takewhile(lambda pair: pair[0] == pair[1], both)
        return sum(has_items for (_, has_items), _ in alike)

    def find(self, value: Any) -> Iterator[PathMatch]:  # noqa: ANN401 (JSON)
        """Yield what stands at the path in *value*, also null; nothing if it ends."""
        yield from _walk(value, self.steps, PathMatch(value), None)


def parse(text: str) -> JsonPath:
    """Return the path that *text* says.

    Raises:
        ValueError: It is no path; the message says what is one.
    """
    if text in {DATA, NAME}:
        return JsonPath(text, ())
    steps = []
    for part in text.split("."):
        match = _STEP.fullmatch(part)
        if match is None or part.startswith("$"):
            raise ValueError(
                f"{text!r} is no path; a path is names with dots between them, "
                f"and [] behind a list: choices[].delta.content; or {DATA}, or {NAME}"
            )
        steps.append((match["name"], bool(match["items"])))
    return JsonPath(text, tuple(steps))


def _walk(
    value: Any,  # noqa: ANN401 (JSON)
    steps: tuple[tuple[str, bool], ...],
    here: PathMatch,
    position: int | None,
) -> Iterator[PathMatch]:
    """Yield what stands at *steps* below *value*, an item at *position* of a list."""
    own = value.get("index") if isinstance(value, dict) else None
    indexes, spot, items = here.indexes, here.spot, here.items
    if position is not None:
        items = (*items, position)
    if isinstance(own, int) and not isinstance(own, bool):
        indexes, spot = (*indexes, own), (*spot, own)
    elif position is not None:
        spot = (*spot, position)
    if not steps:
        yield PathMatch(value, indexes, spot, items)
        return
    (name, has_items), *rest = steps
    if not isinstance(value, dict) or name not in value:
        return
    inner = value[name]
    there = PathMatch(inner, indexes, spot, items)
    if not has_items:
        yield from _walk(inner, tuple(rest), there, None)
    elif isinstance(inner, list):
        for number, item in enumerate(inner):
            yield from _walk(item, tuple(rest), there, number)
