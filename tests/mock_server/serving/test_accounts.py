"""Whoever asks is known by a key, wherever his API has it."""

from collections.abc import Mapping

import pytest

from midstream.mock_server.dialects.openai_assistants.state.refusal import RefusedError
from midstream.mock_server.serving.accounts import Accounts, Claimed, Query

OPEN = {"k1": "one", "k2": "two"}


def accounts(*places: str, keyless: str | None = None) -> Accounts[str]:
    """Return two accounts, and that of who has no key, if there is one."""
    known = {**OPEN, **({} if keyless is None else {"": keyless})}
    made = Accounts(known.get, OPEN.__contains__)
    for place in places:
        made.look_in(place)
    return made


def of(
    made: Accounts[str],
    headers: Mapping[str, str] | None = None,
    path: str = "/v1/chat",
    query: Query | None = None,
) -> Claimed[str]:
    """Return whose request it is."""
    return made.of(headers or {}, path, query or {})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer k1"},
        {"authorization": "bearer  k1 "},
        {"api-key": "k1"},
        {"x-api-key": "k1"},
        {"x-goog-api-key": "k1"},
        {"authorization": "Bearer else", "x-api-key": "k1"},
        {"authorization": "Basic abc", "x-api-key": "k1"},
    ],
)
def test_a_key_in_a_header(headers: Mapping[str, str]) -> None:
    """Where the SDKs of several APIs put it; another one's is no obstacle."""
    assert of(accounts(), headers) == Claimed("one", "/v1/chat", {})


def test_a_key_in_the_query_is_no_part_of_what_is_asked() -> None:
    """The recording has the query without it."""
    found = of(accounts(), query={"key": ("k2",), "alt": ("sse",)})
    assert found == Claimed("two", "/v1/chat", {"alt": ("sse",)})


def test_a_key_in_front_of_the_path() -> None:
    """For an API without keys; what is asked is what stands behind."""
    assert of(accounts(), path="/k2/api/chat") == Claimed("two", "/api/chat", {})
    assert of(accounts(), path="/k2") == Claimed("two", "/", {})
    both = of(accounts(), {"x-api-key": "k1"}, path="/k1/api/chat")
    assert both == Claimed("one", "/api/chat", {})
    other = of(accounts(), {"x-api-key": "k1"}, path="/k1s/chat")
    assert other == Claimed("one", "/k1s/chat", {})


def test_a_declared_place_is_looked_at_too() -> None:
    """By any name, once it is declared."""
    headers, query = {"x-mine": "k1"}, {"token": ("k2",)}
    with pytest.raises(RefusedError):
        of(accounts(), headers, query=query)
    assert of(accounts("header:X-Mine"), headers).account == "one"
    assert of(accounts("query:token"), query=query) == Claimed("two", "/v1/chat", {})
    with pytest.raises(RefusedError):
        of(accounts("bearer", "path"), headers)


def test_who_has_no_key_may_be_welcome() -> None:
    """But a wrong key is not taken for none."""
    assert of(accounts(keyless="all")) == Claimed("all", "/v1/chat", {})
    with pytest.raises(RefusedError) as caught:
        of(accounts(keyless="all"), {"x-api-key": "else"})
    assert caught.value.status == 401


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer else"}])
def test_nobody_is_refused(headers: Mapping[str, str]) -> None:
    """As unauthorised."""
    with pytest.raises(RefusedError) as caught:
        of(accounts(), headers)
    assert caught.value.status == 401
