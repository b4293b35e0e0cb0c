"""Ranges ``[low, high]`` in a storm: a number is sampled for each conversation.

Pure: callers pass the random source in. In the settings of a fault, a list of two
numbers is a range, and everything else stands for itself.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeAlias

from midstream.harness.load.errors import StormError

Number: TypeAlias = int | float
Pick: TypeAlias = Callable[[Number, Number], Number]
"""A function that picks one number from a range, given both ends, which count."""

_DIGITS = 6


def low(first: Number, last: Number) -> Number:  # noqa: ARG001 - a `Pick`
    """Pick the lower end."""
    return first


def high(first: Number, last: Number) -> Number:  # noqa: ARG001 - a `Pick`
    """Pick the upper end."""
    return last


def dice(random: Random) -> Pick:
    """Return a uniform pick: a whole number between whole ends, else a fraction."""

    def pick(first: Number, last: Number) -> Number:
        if isinstance(first, int) and isinstance(last, int):
            return random.randint(first, last)
        return round(random.uniform(first, last), _DIGITS)

    return pick


def settle(value: Any, pick: Pick) -> Any:  # noqa: ANN401 - a value of a TOML file
    """Return *value* with every range in it replaced by a number that *pick* chooses.

    Tables are read in the order of their keys, so that the order in a file does not
    change the sampled numbers.
    """
    if isinstance(value, Mapping):
        return {name: settle(value[name], pick) for name in sorted(value)}
    if is_range(value):
        return pick(*value)
    return value


def is_range(value: object) -> bool:
    """Say whether *value* is a pair of numbers."""
    pair = 2
    return (
        isinstance(value, list | tuple)
        and len(value) == pair
        and all(
            isinstance(end, int | float) and not isinstance(end, bool) for end in value
        )
    )


def require_ordered(value: object, place: str) -> None:
    """Check that every list in *value* is a range.

    Raises:
        StormError: One is not a pair of numbers, or its ends are in the wrong order.
    """
    if isinstance(value, Mapping):
        for name, item in value.items():
            require_ordered(item, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        if not is_range(value):
            raise StormError(
                f"{place}: {list(value)!r} is neither a number nor a range; "
                "write a range as [low, high]"
            )
        first, last = value
        if not first <= last:
            raise StormError(
                f"{place}: the range [{first:g}, {last:g}] has its ends in the wrong "
                f"order; write [{last:g}, {first:g}]"
            )
