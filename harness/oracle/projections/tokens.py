"""The tokens of each part, and the records that said them; shared, no invariant.

Tokens are sent one by one, or planned all at once. Planned tokens are kept as they
came, without a copy: all streams of one cassette share them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, repeat
from typing import NamedTuple, TypeAlias

Key: TypeAlias = tuple[str, int]
"""A message's id and the index of a part in it."""


class Token(NamedTuple):
    """Token number *nth* of part *key*, which record *seq* said."""

    seq: int
    key: Key
    nth: int


class Tokens:
    """The tokens that the server said, by part.

    Attributes:
        said: The tokens of each part, in order, without empty ones. A list grows in
            place; planned tokens are replaced by another object when they change.
    """

    def __init__(self) -> None:
        self.said: dict[Key, Sequence[str]] = {}
        self._seqs: dict[Key, list[int] | int] = {}
        self._planned: dict[Key, tuple[str, ...]] = {}
        self._dropped: set[Key] = set()

    def begin(self, key: Key) -> None:
        """Add a part without tokens."""
        self.said[key], self._seqs[key] = [], []

    def add(self, key: Key, text: str, seq: int) -> None:
        """Add the token *text*, which record *seq* said."""
        if text:
            texts, seqs = self._growing(key)
            texts.append(text)
            seqs.append(seq)

    def add_planned(self, key: Key, planned: tuple[str, ...], seq: int) -> None:
        """Add all of *planned*, which record *seq* said."""
        self._planned[key] = planned
        said = planned if all(planned) else tuple(filter(None, planned))
        if self.said[key]:
            texts, seqs = self._growing(key)
            texts += said
            seqs += repeat(seq, len(said))
        else:
            self.said[key], self._seqs[key] = said, seq

    def drop(self, key: Key, last: int) -> None:
        """Remove the *last* planned tokens; without any token left, also the part.

        Raises:
            ValueError: These tokens were not the last planned ones, which is a mistake
                of the server.
        """
        planned, texts = self._planned.pop(key, ()), self.said.get(key, ())
        kept = len(planned) - last
        gone = [text for text in planned[max(0, kept) :] if text]
        left = len(texts) - len(gone)
        if kept < 0 or [*texts[left:]] != gone:
            raise ValueError(f"{last} last token(s) of {key} dropped, but not planned")
        self.said[key] = texts[:left]
        seqs = self._seqs[key]
        self._seqs[key] = seqs if isinstance(seqs, int) else seqs[:left]
        if not kept and not left:
            self._dropped.add(key)

    def _growing(self, key: Key) -> tuple[list[str], list[int]]:
        """Return the tokens of *key* and their records as lists that can grow."""
        texts, seqs = self.said[key], self._seqs[key]
        if not isinstance(texts, list) or not isinstance(seqs, list):
            texts, seqs = list(texts), list(self._seqs_of(key))
            self.said[key], self._seqs[key] = texts, seqs
        return texts, seqs

    def of(self, key: Key) -> Iterator[Token]:
        """Yield the tokens of *key*."""
        return map(Token, self._seqs_of(key), repeat(key), count())

    def _seqs_of(self, key: Key) -> Iterable[int]:
        """Return, for each token of *key*, the number of the record that said it."""
        seqs = self._seqs[key]
        return repeat(seqs, len(self.said[key])) if isinstance(seqs, int) else seqs

    def parts(self) -> list[Key]:
        """Return the parts, without those whose tokens were all dropped."""
        return [
            key for key, texts in self.said.items() if texts or key not in self._dropped
        ]
