import json
import warnings

import pytest

from midstream.harness.reference_client.configuration import run_request
from midstream.harness.reference_client.errors import ConfigurationError


def test_streams_unless_told_not_to() -> None:
    """The one thing a user has to say may be left unsaid."""
    assert run_request(None, None) == {"stream": True}
    assert run_request({"temperature": 0}, None) == {"stream": True, "temperature": 0}


@pytest.mark.parametrize("stream", [True, False])
def test_request_does_not_warn(stream: bool) -> None:
    """The dictionary is the spelling to use."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run_request({"stream": stream}, None) == {"stream": stream}


@pytest.mark.parametrize("stream", [True, False])
def test_the_older_keyword_warns_and_gives_the_same_bytes(stream: bool) -> None:
    """Key order included, nothing tells the two spellings apart."""
    asked = run_request({"top_p": 1, "stream": stream}, None)
    with pytest.warns(DeprecationWarning, match=rf'request={{"stream": {stream}}}'):
        older = run_request({"top_p": 1}, stream)
    assert json.dumps(older) == json.dumps(asked)


def test_both_spellings_may_agree() -> None:
    """Saying it twice is no mistake."""
    with pytest.warns(DeprecationWarning, match="request="):
        assert run_request({"stream": True}, stream=True) == {"stream": True}


def test_both_spellings_must_agree() -> None:
    """Which of two one means cannot be guessed."""
    with (
        pytest.warns(DeprecationWarning, match="request="),
        pytest.raises(ConfigurationError, match="leave out one"),
    ):
        run_request({"stream": True}, stream=False)


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        ({"stream": "yes"}, '"stream"'),
        ({"stream": 1}, '"stream"'),
        ({"metadata": 1}, '"metadata"'),
    ],
)
def test_names_what_has_a_wrong_type(request_: dict[str, object], place: str) -> None:
    """A mistake is found before anything is sent."""
    with pytest.raises(ConfigurationError, match=place):
        run_request(request_, None)


def test_leaves_the_users_dictionary_alone() -> None:
    """The request can be used again."""
    request = {"stream": True}
    run_request(request, None)
    assert request == {"stream": True}
