import pytest

from midstream.mock_server.recordings.declared.paths import PathMatch, parse


def found(path: str, value: object) -> list[PathMatch]:
    """Return what stands at *path*."""
    return [*parse(path).find(value)]


def values(path: str, value: object) -> list[object]:
    """Return the values alone."""
    return [one.value for one in found(path, value)]


def test_names_lead_into_objects_and_brackets_through_lists() -> None:
    """In the order of the lists; what is not there is not found."""
    said = {"a": [{"b": {"c": 1}}, {"b": {}}, {"b": {"c": None}}, 5]}
    assert values("a[].b.c", said) == [1, None]
    assert values("a[].b.d", said) == []
    assert values("a.b", said) == []
    assert values("a[]", {"a": {"b": 1}}) == []
    assert values("a[].b[]", {"a": [{"b": [1, 2]}, {"b": [3]}]}) == [1, 2, 3]


def test_what_an_api_numbers_is_known_by_its_number() -> None:
    """Where it has none, by its place, but only for who asks for the spot."""
    said = {"index": 4, "a": [{"index": 7, "b": [{"c": 1}, {"index": 2, "c": 2}]}]}
    first, second = found("a[].b[].c", said)
    assert (first.indexes, first.spot, first.items) == ((4, 7), (4, 7, 0), (0, 0))
    assert (second.indexes, second.spot) == ((4, 7, 2), (4, 7, 2))
    assert second.items == (0, 1)


def test_a_truth_value_is_no_number() -> None:
    """JSON's true is not the index 1."""
    (only,) = found("a", {"index": True, "a": 1})
    assert only.indexes == ()


@pytest.mark.parametrize(
    ("one", "other", "lists"),
    [
        ("a[].b[].c", "a[].b[].d", 2),
        ("a[].b[].c", "a[].e[].d", 1),
        ("a[].b.c", "a[].b.d", 1),
        ("a.b", "c[].b", 0),
    ],
)
def test_paths_share_the_lists_they_begin_with(
    one: str, other: str, lists: int
) -> None:
    """So that a condition can be asked of the same item."""
    assert parse(one).shared(parse(other)) == lists


@pytest.mark.parametrize("path", ["", "a..b", "a[0].b", "[]", "a b", "$x", "a.$data"])
def test_anything_else_is_no_path(path: str) -> None:
    """The message repeats it."""
    with pytest.raises(ValueError, match="is no path") as caught:
        parse(path)
    assert repr(path) in str(caught.value)
