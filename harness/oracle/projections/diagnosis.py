"""Finds out what is wrong with a text, token by token; used only for a wrong text.

A token that occurs once in the truth shows exactly whether it is lost, doubled or out
of place. A token that occurs more often shows this only where it is expected; anywhere
else it is *ambiguous*, and the text merely differs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a shown text differs from *total* tokens.

    Attributes:
        seen: The indexes of the tokens in the order in which they are shown.
        foreign: Stretches that are neither a token nor a piece of the expected one.
        ambiguous: The repeated tokens that stand where they are not expected.
    """

    total: int
    seen: tuple[int, ...]
    foreign: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()

    @property
    def doubled(self) -> tuple[int, ...]:
        """The tokens that are shown more than once."""
        counts = Counter(self.seen)
        return tuple(index for index, count in counts.items() if count > 1)

    @property
    def inverted(self) -> tuple[int, int] | None:
        """The first pair of tokens whose first showings are in the wrong order."""
        firsts = tuple(dict.fromkeys(self.seen))
        pairs = pairwise(firsts)
        return next(((a, b) for a, b in pairs if a > b), None)

    @property
    def missing(self) -> tuple[int, ...]:
        """The tokens that are not shown."""
        known = {*self.seen}
        return tuple(i for i in range(self.total) if i not in known)

    @property
    def excused(self) -> int:
        """How many missing tokens may have been replaced by other text.

        A foreign stretch replaces one token, or one for each replacement character.
        """
        foreign = sum(max(1, text.count(_REPLACED)) for text in self.foreign)
        return foreign + len(self.ambiguous)


@dataclass(slots=True)
class _Scan:
    """The state of reading *text* as tokens."""

    said: Sequence[str]
    text: str
    at: int = 0
    expected: int = 0
    run: int = 0
    seen: list[int] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    def stands(self) -> bool:
        """Say whether the expected token stands here."""
        if self.expected >= len(self.said):
            return False
        return self.text.startswith(self.said[self.expected], self.at)

    def expects(self) -> bool:
        """Say whether the expected token stands here and the next one follows it."""
        said, nth = self.said, self.expected
        if not self.stands():
            return False
        behind = self.at + len(said[nth])
        if behind == len(self.text) or nth + 1 == len(said):
            return True
        return self.text.startswith(said[nth + 1], behind)

    def take(self, index: int) -> None:
        """Read token *index* here."""
        self.close(index)
        self.seen.append(index)
        self.at += len(self.said[index])
        self.expected, self.run = index + 1, self.at

    def close(self, index: int) -> None:
        """End a stretch without tokens before token *index*."""
        stretch = self.text[self.run : self.at]
        if not stretch:
            return
        said = self.said
        is_begun = self.expected < len(said) and said[self.expected].startswith(stretch)
        is_ended = 0 < index <= len(said) and said[index - 1].endswith(stretch)
        if not is_begun and not is_ended:
            self.foreign.append(stretch)


def diagnose(said: Sequence[str], text: str) -> Diagnosis:
    """Read *text* as tokens of *said*, in about one pass; *said* has no empty token."""
    index: dict[str, int | None] = {}
    for i, token in enumerate(said):
        index[token] = None if token in index else i
    lengths = sorted({len(token) for token in index}, reverse=True)
    scan = _Scan(said, text)
    while scan.at < len(text):
        if scan.expects():
            scan.take(scan.expected)
            continue
        pieces = (text[scan.at : scan.at + length] for length in lengths)
        piece = next((piece for piece in pieces if piece in index), None)
        _step(scan, piece, index)
    scan.close(len(said))
    return Diagnosis(
        total=len(said),
        seen=tuple(scan.seen),
        foreign=tuple(scan.foreign),
        ambiguous=tuple(scan.ambiguous),
    )


def _step(scan: _Scan, piece: str | None, index: dict[str, int | None]) -> None:
    """Read one step where the text does not continue as expected."""
    if piece is None:
        scan.at += 1
        return
    where = index[piece]
    if where is None and scan.stands():
        where = scan.expected
    if where is not None:
        scan.take(where)
        return
    scan.close(0)
    scan.ambiguous.append(piece)
    scan.at += len(piece)
    scan.run = scan.at
