"""Lists and their pages.

Source: docs/research/wire.md, Lists; and Objects: an empty list has ``first_id`` null.
"""

from collections.abc import Iterable, Mapping

from . import fields
from .refusal import RefusedError, not_found
from .wire import Obj

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
Query = Mapping[str, tuple[str, ...]]


def page(items: Iterable[Obj], query: Query, noun: str) -> Obj:
    """Return the page of *items* (oldest first) that *query* asks for.

    Raises:
        RefusedError: A bad limit or order, or a cursor that names nothing.
    """
    size = _limit(query)
    found = list(items)
    order = query.get("order", ("desc",))[-1]
    if fields.one_of(order, ("asc", "desc"), "order") == "desc":
        found.reverse()
    start = _cursor(found, query, "after", noun)
    stop = _cursor(found, query, "before", noun)
    first = 0 if start is None else start + 1
    last = len(found) if stop is None else stop
    if stop is not None and start is None:
        shown = found[max(first, last - size) : last]
        more = last - size > first
    else:
        shown = found[first:last][:size]
        more = len(found[first:last]) > size
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": more,
    }


def _limit(query: Query) -> int:
    raw = query.get("limit", (str(DEFAULT_LIMIT),))[-1]
    digits = raw.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:  # noqa: PLR2004 (no giant numbers)
        raise RefusedError(
            "Invalid type for 'limit': expected an integer, but got a string instead.",
            code="invalid_type",
            param="limit",
        )
    value = int(raw)
    if 1 <= value <= MAX_LIMIT:
        return value
    low = value < 1
    side, sign, bound = (
        ("below minimum", ">=", 1) if low else ("above maximum", "<=", MAX_LIMIT)
    )
    raise RefusedError(
        f"Invalid 'limit': integer {side} value. Expected a value {sign} {bound}, but "
        f"got {value} instead.",
        code="integer_below_min_value" if low else "integer_above_max_value",
        param="limit",
    )


def _cursor(found: list[Obj], query: Query, name: str, noun: str) -> int | None:
    """Return the index of the object that cursor *name* names, or None."""
    if name not in query:
        return None
    wanted = query[name][-1]
    for index, item in enumerate(found):
        if item["id"] == wanted:
            return index
    raise not_found(noun, wanted)
