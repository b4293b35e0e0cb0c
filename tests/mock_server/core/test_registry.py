from collections.abc import Iterable

import pytest

from midstream.mock_server import FAULTS, MockServerError, Registry, UnknownNameError
from midstream.mock_server.core.faults.early_end import EarlyEnd


def test_a_things_name_is_its_files_name() -> None:
    """Nobody wrote the name a second time."""
    assert FAULTS["early_end"] is EarlyEnd
    assert "early_end" in FAULTS
    assert list(FAULTS) == FAULTS.names() == sorted(FAULTS.names())


def test_shared_files_are_no_things() -> None:
    """A file whose name begins with an underscore is not found."""
    assert not [name for name in FAULTS if name.startswith("_")]


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A typing error is answered with what was meant."""
    with pytest.raises(UnknownNameError, match="no fault is called 'early_ned'; did"):
        FAULTS["early_ned"]


def test_a_name_like_no_other_lists_some() -> None:
    """Without a near name the first dozen is shown, and how many more there are."""
    error = UnknownNameError("letter", "?", "abcdefghijklmnop")
    assert str(error).endswith("known: a, b, c, d, e, f, g, h, i, j, k, l and 4 more")


@pytest.mark.parametrize(("known", "said"), [((), "is none"), ([""], "has a name")])
def test_a_name_where_there_are_none_says_so(known: Iterable[str], said: str) -> None:
    """A list of known names that is empty, or of empty ones, is not printed."""
    assert str(UnknownNameError("letter", "?", known)).endswith(said)


def test_a_second_thing_in_one_file_is_rejected() -> None:
    """Two names for one file would make one of them unreachable."""
    registry: Registry[type] = Registry("fault", "midstream.mock_server.core.faults")
    registry.register(EarlyEnd)

    with pytest.raises(MockServerError, match="early_end registers two faults"):
        registry.register(EarlyEnd)
