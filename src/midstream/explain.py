"""What is wrong in what somebody wrote by hand, where, and what would be right.

msgspec's messages name the place and the type that was expected. This adds what it
leaves out: the words a choice allows, and the nearest of the names that exist. It is
the one translator for files and lines of every kind.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from msgspec import inspect

_MESSAGE = re.compile(r"(?P<problem>.*?)(?: - at `(?P<place>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"unknown field `(?P<name>.*)`")
_WORD = re.compile(r"Invalid enum value '(?P<word>.*)'$")


def explain(message: str, root: type, where: str = "$") -> str:
    """Turn a validation *message* about a *root* into "place: problem; remedy".

    The place begins with *where* the root itself stands.
    """
    match = _MESSAGE.match(message)
    place = (match and match["place"]) or "$"
    problem = match["problem"] if match else message
    spots = list(_at(inspect.type_info(root), place))
    told = _misnamed(problem, spots) or _remedied(problem, spots)
    return f"{where}{place.removeprefix('$')}: {told}"


def _misnamed(problem: str, spots: list[inspect.Type]) -> str:
    """Reword a *problem* with a word of an enumeration; "" if it is another one."""
    kinds = [spot.cls for spot in spots if isinstance(spot, inspect.EnumType)]
    wrong = _WORD.match(problem)
    if wrong is None or not kinds:
        return ""
    words = [str(member.value) for kind in kinds for member in kind]
    hint = _nearest(wrong["word"], words, "one of")
    return f"no {kinds[0].__name__.lower()} is called {wrong['word']!r}; {hint}"


def _remedied(problem: str, spots: list[inspect.Type]) -> str:
    remedy = _remedy(problem, spots)
    return f"{problem}; {remedy}" if remedy else problem


def _remedy(problem: str, spots: list[inspect.Type]) -> str:
    """Return what would be right, if the problem itself does not say it, or ""."""
    unknown = _FIELD.search(problem)
    if unknown:
        known = [f.name for s in spots for f in _fields(s) if f.name != "id"]
        return _nearest(unknown["name"], known, "known")
    if problem.startswith("Invalid enum value"):
        words = [
            w for s in spots if isinstance(s, inspect.LiteralType) for w in s.values
        ]
        return f"one of: {', '.join(map(str, words))}"
    return _WORDED.get(problem.partition("matching regex ")[2], "")


def _nearest(word: str, known: Sequence[str], title: str) -> str:
    """Return the nearest of *known*; where none is near, all of them."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"{title}: {', '.join(known) or 'none'}"


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
