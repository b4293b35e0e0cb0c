"""Who catches `MidstreamError` catches every mistake that a caller can make."""

import pytest

from midstream.errors import MidstreamError
from midstream.harness.errors import HarnessError
from midstream.mock_server import MockServerError
from midstream.scenarios import ScenarioFileError, load


@pytest.mark.parametrize("error", [HarnessError, MockServerError, ScenarioFileError])
def test_each_package_raises_from_one_base(error: type[Exception]) -> None:
    """The base of each package's errors has the common base."""
    assert issubclass(error, MidstreamError)


def test_an_error_is_still_what_it_was() -> None:
    """A scenario that is not there is a `MidstreamError` and a `ValueError`."""
    with pytest.raises(MidstreamError, match="no scenario is called 'x'") as raised:
        load("x")
    assert isinstance(raised.value, ValueError)
