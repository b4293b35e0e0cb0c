from tests.shares import shares


def test_all_is_dealt_out_once_and_nobody_has_much_more() -> None:
    """What comes last goes to who is first, where all have the same."""
    sizes = {"a": 1, "b": 9, "c": 3, "d": 4, "e": 2}
    assert shares(sizes, 2) == [["a", "b"], ["c", "d", "e"]]


def test_what_weighs_the_same_is_spread() -> None:
    """In the order of the names, and always alike."""
    assert shares(dict.fromkeys("abcde", 1), 2) == [["a", "c", "e"], ["b", "d"]]


def test_there_is_no_share_of_nothing() -> None:
    """Without a file, pytest would take all of them."""
    assert shares({"a": 1}, 3) == [["a"]]
    assert shares({}, 3) == []
