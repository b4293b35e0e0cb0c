"""Explains what is wrong in a scenario file, where, and what would be right.

msgspec's messages name the place and the expected type. This module adds the words
that a choice allows, and the nearest of the names that exist.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from msgspec import inspect

_MESSAGE = re.compile(r"(?P<problem>.*?)(?: - at `(?P<place>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"unknown field `(?P<name>.*)`")


def explain(message: str, root: type) -> str:
    """Turn a validation *message* about a *root* into "place: problem; remedy"."""
    match = _MESSAGE.match(message)
    place = (match and match["place"]) or "$"
    problem = match["problem"] if match else message
    spots = list(_at(inspect.type_info(root), place))
    remedy = _remedy(problem, spots)
    return f"{place}: {problem}" + (f"; {remedy}" if remedy else "")


def _remedy(problem: str, spots: list[inspect.Type]) -> str:
    """Return what would be right, if the problem itself does not say it, or ""."""
    unknown = _FIELD.search(problem)
    if unknown:
        known = [f.name for s in spots for f in _fields(s) if f.name != "id"]
        near = get_close_matches(unknown["name"], known, n=1, cutoff=0.5)
        return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    if problem.startswith("Invalid enum value"):
        words = [
            w for s in spots if isinstance(s, inspect.LiteralType) for w in s.values
        ]
        return f"one of: {', '.join(map(str, words))}"
    return _WORDED.get(problem.partition("matching regex ")[2], "")


_WORDED = {
    r"'\\S'": "it must not be empty",
    r"'^[A-Z_]+$'": "verdicts are written in capitals",
    r"'^[A-Za-z0-9_./-]+$'": "names are letters, digits, '_', '-', '.' and '/'",
}


def _at(info: inspect.Type, place: str) -> Iterator[inspect.Type]:
    """Yield the types that are allowed at *place*, such as ``$.faults[0].at.nth``."""
    here = [info]
    for name, item in re.findall(r"\.(\w+)|(\[[^\]]*\])", place):
        there = [t for spot in here for t in _alternatives(spot)]
        here = [t for spot in there for t in _inside(spot, name, item)]
    for spot in here:
        yield from _alternatives(spot)


def _alternatives(info: inspect.Type) -> tuple[inspect.Type, ...]:
    return info.types if isinstance(info, inspect.UnionType) else (info,)


def _inside(info: inspect.Type, name: str, item: str) -> Iterator[inspect.Type]:
    """Yield the type of *info*'s field *name*, or that of its items."""
    if name:
        yield from (f.type for f in _fields(info) if f.name == name)
    elif item and isinstance(info, inspect.VarTupleType):
        yield info.item_type


def _fields(info: inspect.Type) -> tuple[inspect.Field, ...]:
    return info.fields if isinstance(info, inspect.StructType) else ()
