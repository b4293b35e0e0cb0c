"""Numbers that a storm leaves open: ``[low, high]``, drawn anew for each conversation.

Pure: whoever draws hands the dice in. Where all settings of a fault are looked through,
a list of two numbers is a range, and everything else stands for itself.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeAlias

from midstream.harness.load.errors import StormError

Number: TypeAlias = int | float
Pick: TypeAlias = Callable[[Number, Number], Number]
"""What makes one number of a range's two ends, both included."""

_DIGITS = 6


def low(first: Number, last: Number) -> Number:  # noqa: ARG001 - a `Pick`
    """Pick the lower end."""
    return first


def high(first: Number, last: Number) -> Number:  # noqa: ARG001 - a `Pick`
    """Pick the upper end."""
    return last


def dice(random: Random) -> Pick:
    """Return what picks evenly: a whole number between whole ends, else any."""

    def pick(first: Number, last: Number) -> Number:
        if isinstance(first, int) and isinstance(last, int):
            return random.randint(first, last)
        return round(random.uniform(first, last), _DIGITS)

    return pick


def settle(value: Any, pick: Pick) -> Any:  # noqa: ANN401 - a value of a TOML file
    """Return *value* with every range in it replaced by what *pick* makes of it.

    Tables are gone through in order of their keys, so that the order in which a file
    names them does not change what is drawn.
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
    """Look through *value* for lists that are no ranges.

    Raises:
        StormError: One is not a pair of numbers, or its upper end is the lower one.
    """
    if isinstance(value, Mapping):
        for name, item in value.items():
            require_ordered(item, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        if not is_range(value):
            raise StormError(
                f"{place}: {list(value)!r} is no number and no range; "
                "a range is written [low, high]"
            )
        first, last = value
        if not first <= last:
            raise StormError(
                f"{place}: the range [{first:g}, {last:g}] runs backwards; "
                f"write [{last:g}, {first:g}]"
            )
