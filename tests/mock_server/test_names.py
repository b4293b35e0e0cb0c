import pytest

from midstream import mock_server


@pytest.mark.parametrize("name", mock_server.__all__)
def test_every_name_is_there_when_it_is_asked_for(name: str) -> None:
    """What is imported late is imported all the same, and stays what it was."""
    thing = getattr(mock_server, name)
    assert thing is not None
    assert getattr(mock_server, name) is thing


def test_no_other_name_is_there() -> None:
    """A mistyped name is said to be none, as in any module."""
    with pytest.raises(
        AttributeError, match=r"'midstream\.mock_server' has no attribute 'Mock'"
    ):
        _ = mock_server.Mock  # type: ignore[attr-defined]
