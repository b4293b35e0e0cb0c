"""Finds whose request it is: each API has its key in a place of its own.

Sources: OpenAI and Anthropic send ``Authorization: Bearer``, Azure ``api-key``,
Anthropic also ``x-api-key``, Google ``x-goog-api-key`` or ``?key=``; Ollama has no key,
so the key is the first part of the path there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from midstream.mock_server.dialects.openai_assistants.state.refusal import (
    missing_key,
    wrong_key,
)

T = TypeVar("T")
Query = Mapping[str, tuple[str, ...]]
_HEADERS: Final = ("api-key", "x-api-key", "x-goog-api-key")
_QUERY: Final = "key"


@dataclass(frozen=True, slots=True)
class Claimed(Generic[T]):
    """An *account*, and the request without its key: its path and query."""

    account: T
    path: str
    query: Query


class Accounts(Generic[T]):
    """Finds accounts by their keys.

    *find* returns the account of a key, and may open one; "" is who has no key.
    *knows* says whether a key has an account already.
    """

    def __init__(
        self, find: Callable[[str], T | None], knows: Callable[[str], bool]
    ) -> None:
        """Look for keys in the usual places."""
        self._find, self._knows = find, knows
        self._headers, self._queries = [*_HEADERS], [_QUERY]

    def look_in(self, place: str) -> None:
        """Look for keys in "header:NAME" or "query:NAME", too."""
        kind, _, name = place.partition(":")
        names = {"header": self._headers, "query": self._queries}.get(kind)
        if names is not None and name.lower() not in names:
            names.append(name.lower() if kind == "header" else name)

    def of(self, headers: Mapping[str, str], path: str, query: Query) -> Claimed[T]:
        """Return whose request it is.

        Raises:
            RefusedError: No key, or one of nobody.
        """
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        first = bearer.strip() if scheme.lower() == "bearer" else ""
        if first and (account := self._find(first)):
            return Claimed(account, _below(path, first), query)
        for key, rest in self._elsewhere(headers, query):
            if account := self._find(key):
                return Claimed(account, _below(path, key), rest)
            first = first or key
        if first:
            raise wrong_key(first)
        prefix = path.removeprefix("/").partition("/")[0]
        if self._knows(prefix) and (account := self._find(prefix)):
            return Claimed(account, _below(path, prefix), query)
        if account := self._find(""):
            return Claimed(account, path, query)
        raise missing_key()

    def _elsewhere(
        self, headers: Mapping[str, str], query: Query
    ) -> Iterator[tuple[str, Query]]:
        """Yield the keys in other places, each with the query without it."""
        for name in self._headers:
            if key := headers.get(name):
                yield key, query
        for name in self._queries:
            if key := next(iter(query.get(name, ())), ""):
                yield key, {k: v for k, v in query.items() if k != name}


def _below(path: str, key: str) -> str:
    """Return *path* without *key* in front of it, where it may stand besides."""
    below = path.removeprefix(f"/{key}")
    return path if below[:1] not in {"", "/"} else below or "/"
