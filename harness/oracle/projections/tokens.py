"""The tokens of each part, and the records that told them; shared, no invariant.

They are told one by one, or foretold all at once. What was foretold is kept as it
came, without a copy: all streams of one cassette share it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, repeat
from typing import NamedTuple, TypeAlias

Key: TypeAlias = tuple[str, int]
"""A message's id and the index of a part in it."""


class Token(NamedTuple):
    """Token number *nth* of part *key*, which record *seq* told."""

    seq: int
    key: Key
    nth: int


class Tokens:
    """What was said, by part.

    Attributes:
        told: The tokens of each part, in order; empty ones left out. A list grows in
            place; what was foretold is another object once it changes.
    """

    def __init__(self) -> None:
        self.told: dict[Key, Sequence[str]] = {}
        self._seqs: dict[Key, list[int] | int] = {}
        self._foretold: dict[Key, tuple[str, ...]] = {}
        self._unsaid: set[Key] = set()

    def begin(self, key: Key) -> None:
        """Begin a part, without a token."""
        self.told[key], self._seqs[key] = [], []

    def tell(self, key: Key, text: str, seq: int) -> None:
        """Add the token *text*, which record *seq* tells."""
        if text:
            texts, seqs = self._growing(key)
            texts.append(text)
            seqs.append(seq)

    def foretell(self, key: Key, foretold: tuple[str, ...], seq: int) -> None:
        """Add all of *foretold*, which record *seq* tells."""
        self._foretold[key] = foretold
        said = foretold if all(foretold) else tuple(filter(None, foretold))
        if self.told[key]:
            texts, seqs = self._growing(key)
            texts += said
            seqs += repeat(seq, len(said))
        else:
            self.told[key], self._seqs[key] = said, seq

    def unsay(self, key: Key, last: int) -> None:
        """Take the *last* tokens back that were foretold; of all of them, the part.

        Raises:
            ValueError: They are not what was foretold last: the server's mistake.
        """
        foretold, texts = self._foretold.pop(key, ()), self.told.get(key, ())
        kept = len(foretold) - last
        gone = [text for text in foretold[max(0, kept) :] if text]
        left = len(texts) - len(gone)
        if kept < 0 or [*texts[left:]] != gone:
            raise ValueError(f"{last} last token(s) of {key} unsaid, but not foretold")
        self.told[key] = texts[:left]
        seqs = self._seqs[key]
        self._seqs[key] = seqs if isinstance(seqs, int) else seqs[:left]
        if not kept and not left:
            self._unsaid.add(key)

    def _growing(self, key: Key) -> tuple[list[str], list[int]]:
        """Return the tokens of *key* and who told them, to be added to."""
        texts, seqs = self.told[key], self._seqs[key]
        if not isinstance(texts, list) or not isinstance(seqs, list):
            texts, seqs = list(texts), list(self._seqs_of(key))
            self.told[key], self._seqs[key] = texts, seqs
        return texts, seqs

    def of(self, key: Key) -> Iterator[Token]:
        """Yield the tokens of *key*."""
        return map(Token, self._seqs_of(key), repeat(key), count())

    def _seqs_of(self, key: Key) -> Iterable[int]:
        """Return the number of the record that told each token of *key*."""
        seqs = self._seqs[key]
        return repeat(seqs, len(self.told[key])) if isinstance(seqs, int) else seqs

    def parts(self) -> list[Key]:
        """Return the parts that are there; one that was unsaid as a whole is not."""
        return [
            key for key, texts in self.told.items() if texts or key not in self._unsaid
        ]
