"""One event of a recorded stream, and what stands in it."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import msgspec

from .declaration import ANY, Conditions, TextRule, Value
from .paths import DATA, NAME, JsonPath, PathMatch, parse

Spot: TypeAlias = tuple[int, ...]
NO_JSON: Final = object()
"""What stands for the JSON of data that is none."""


class StreamEvent:
    """One event: its number, its name, its data as text and as JSON."""

    def __init__(self, number: int, name: str, data: str) -> None:
        """Decode *data*."""
        self.number, self.name, self.data = number, name, data
        try:
            self.json: Any = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError):
            self.json = NO_JSON

    def find(self, path: JsonPath) -> Iterator[PathMatch]:
        """Yield what stands at *path*."""
        if path.text == DATA:
            yield PathMatch(self.data)
        elif path.text == NAME:
            yield PathMatch(self.name)
        elif self.json is not NO_JSON:
            yield from path.find(self.json)

    def first(self, path: str | None) -> object:
        """Return the first value at *path* that is not null, None without any."""
        if path is None:
            return None
        values = (found.value for found in self.find(parse(path)))
        return next((value for value in values if value is not None), None)

    def texts_at(self, path: str | None) -> dict[Spot, str]:
        """Return the texts at *path* that are not empty, by their spots."""
        if path is None:
            return {}
        return {
            found.spot: found.value
            for found in self.find(parse(path))
            if isinstance(found.value, str) and found.value
        }

    def fits(self, conditions: Conditions) -> bool:
        """Say whether all *conditions* hold."""
        return all(self._holds(path, wanted) for path, wanted in conditions)

    def chosen(self, rule: TextRule) -> Iterator[PathMatch]:
        """Yield what *rule* finds.

        Where a condition goes through the same list, it must hold of the same item.
        """
        for found in self.find(rule.path):
            if all(
                self._holds(path, wanted, found.items[: rule.path.shared(path)])
                for path, wanted in rule.conditions
            ) and not any(
                self._holds(path, wanted, found.items[: rule.path.shared(path)])
                for path, wanted in rule.exceptions
            ):
                yield found

    def _holds(
        self, path: JsonPath, wanted: tuple[Value, ...], items: tuple[int, ...] = ()
    ) -> bool:
        """Say whether one of *wanted* stands at *path*, in these *items* of lists."""
        return any(
            is_one(found.value, wanted)
            for found in self.find(path)
            if found.items[: len(items)] == items
        )


def is_one(value: object, wanted: tuple[Value, ...]) -> bool:
    """Say whether *value* is one of *wanted*; a truth value is no number."""
    return any(
        value is not None if one == ANY else type(value) is type(one) and value == one
        for one in wanted
    )
