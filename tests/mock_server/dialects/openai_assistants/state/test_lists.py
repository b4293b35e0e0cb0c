from typing import Any

import pytest

from midstream.mock_server.dialects.openai_assistants.state.lists import page
from midstream.mock_server.dialects.openai_assistants.state.refusal import RefusedError

ITEMS = [{"id": str(i)} for i in range(25)]


def ids(first: int, stop: int, step: int = 1) -> list[str]:
    """Return the ids of a range."""
    return [str(i) for i in range(first, stop, step)]


PAGES: dict[str, tuple[dict[str, str], list[str], bool]] = {
    "newest first, twenty": ({}, ids(24, 4, -1), True),
    "oldest first": ({"order": "asc", "limit": "3"}, ids(0, 3), True),
    "after": ({"order": "asc", "limit": "3", "after": "2"}, ids(3, 6), True),
    "after, the last page": ({"order": "asc", "after": "21"}, ids(22, 25), False),
    "after the last": ({"order": "asc", "after": "24"}, [], False),
    "exactly the rest": (
        {"order": "asc", "limit": "3", "after": "21"},
        ids(22, 25),
        False,
    ),
    "before: the nearest ones": (
        {"order": "asc", "limit": "3", "before": "10"},
        ids(7, 10),
        True,
    ),
    "before, the first page": ({"order": "asc", "before": "2"}, ids(0, 2), False),
    "between": ({"order": "asc", "after": "3", "before": "6"}, ids(4, 6), False),
    "after, newest first": ({"limit": "2", "after": "3"}, ids(2, 0, -1), True),
    "all": ({"limit": "100"}, ids(24, -1, -1), False),
}


@pytest.mark.parametrize(("query", "shown", "more"), PAGES.values(), ids=PAGES)
def test_a_page(query: dict[str, str], shown: list[str], more: bool) -> None:
    """A page holds what limit, order and cursors ask for, and says if there is more."""
    found = page(ITEMS, {k: (v,) for k, v in query.items()}, "item")
    assert [item["id"] for item in found["data"]] == shown
    assert found["has_more"] is more
    ends = (shown[0], shown[-1]) if shown else (None, None)
    assert (found["first_id"], found["last_id"]) == ends


def test_following_last_id_visits_everything_once() -> None:
    """The SDKs' way of paging, by ``after``, meets each item exactly once."""
    seen: list[Any] = []
    query: dict[str, tuple[str, ...]] = {"limit": ("7",)}
    while True:
        found = page(ITEMS, query, "item")
        seen += [item["id"] for item in found["data"]]
        if not found["has_more"]:
            break
        query["after"] = (found["last_id"],)
    assert seen == ids(24, -1, -1)


BAD = {
    "limit 0": ({"limit": "0"}, "integer_below_min_value"),
    "limit 101": ({"limit": "101"}, "integer_above_max_value"),
    "no number": ({"limit": "ten"}, "invalid_type"),
    "a digit that is none": ({"limit": "²"}, "invalid_type"),
    "order": ({"order": "up"}, "invalid_value"),
    "cursor": ({"after": "x"}, None),
}


@pytest.mark.parametrize(("query", "code"), BAD.values(), ids=BAD)
def test_a_bad_query_is_refused(query: dict[str, str], code: str | None) -> None:
    """Limits out of range, foreign orders and unknown cursors are refused."""
    with pytest.raises(RefusedError) as refused:
        page(ITEMS, {k: (v,) for k, v in query.items()}, "item")
    assert refused.value.code == code
