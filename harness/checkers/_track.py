"""One part of one message as the user sees it, against the truth; a shared fold.

While what is shown is a beginning of the truth, each change costs as much as its own
text. Only after it has gone wrong is the whole text compared again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.checkers._truth import Key, Truth
from harness.history import Record


@dataclass(slots=True)
class Wrong:
    """A time in which what was shown was no beginning of the truth."""

    since: Record
    until: Record | None = None


@dataclass(slots=True)
class Track:
    """What part *part* of *name* shows.

    Attributes:
        keys: The parts of the truth it stands for, in order; none: for none.
        truth: What the server said so far.
        claim: Gives the next part of the truth that nobody stands for yet and that
            a text can go on with; None: the client knows the server's ids.
        pieces: What is shown, in pieces.
        size: The length of what is shown.
        flicker: How many characters were shown and taken back.
        wrongs: When it was wrong, in order; the last may be without end.
        shown: The record since which it shows anything at all.
        last: The record of the last change.
    """

    name: str
    part: int
    keys: list[Key]
    truth: Truth
    claim: Callable[[str], list[Key]] | None = None
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    flicker: int = 0
    wrongs: list[Wrong] = field(default_factory=list)
    shown: Record | None = None
    last: Record | None = None
    _key: int = 0
    _token: int = 0
    _char: int = 0

    @property
    def text(self) -> str:
        """The whole text shown."""
        return "".join(self.pieces)

    @property
    def is_wrong(self) -> bool:
        """Whether what is shown is no beginning of what was told so far."""
        return bool(self.wrongs) and self.wrongs[-1].until is None

    def append(self, record: Record, text: str) -> None:
        """Show *text* behind what is shown."""
        self.last = record
        if not text:
            return
        if not self.size:
            self.shown = record
        self.pieces.append(text)
        self.size += len(text)
        if not self.is_wrong and not self._advance(text):
            self.wrongs.append(Wrong(record))

    def replace(self, record: Record, text: str) -> None:
        """Show *text* instead; what the two begin with in common does not flicker."""
        old = self.text
        self.pieces = [old]
        if text.startswith(old) and not self.is_wrong:
            self.append(record, text[len(old) :])
            return
        self.flicker += self.size - _common(old, text)
        self._show(record, text)

    def retract(self, record: Record, count: int) -> None:
        """Take back the last *count* characters, or as many as there are."""
        count = min(count, self.size)
        self.flicker += count
        if not self.is_wrong and self._step_back(count):
            self._drop(count)
            self.last = record
            return
        self._show(record, self.text[: self.size - count])

    def _drop(self, count: int) -> None:
        """Take *count* characters off the pieces."""
        self.size -= count
        while count:
            piece = self.pieces.pop()
            if len(piece) > count:
                self.pieces.append(piece[:-count])
            count -= min(count, len(piece))

    def _show(self, record: Record, text: str) -> None:
        """Show *text*, compare it from its beginning on, note when it went wrong."""
        was_wrong = self.is_wrong
        if not self.size:
            self.shown = record
        self.pieces, self.size, self.last = [text], len(text), record
        self._key = self._token = self._char = 0
        is_right = self._advance(text)
        if was_wrong and is_right:
            self.wrongs[-1].until = record
        elif not was_wrong and not is_right:
            self.wrongs.append(Wrong(record))

    def _advance(self, text: str) -> bool:
        """Go on in the truth by *text*; False: it says something else there."""
        while text:
            if self._key == len(self.keys) and not self._claim(text):
                return False
            told = self.truth.told[self.keys[self._key]]
            if self._token == len(told):
                self._key, self._token = self._key + 1, 0
                continue
            rest = told[self._token]
            if self._char:
                rest = rest[self._char :]
            if text.startswith(rest):
                text = text[len(rest) :]
                self._token, self._char = self._token + 1, 0
            elif rest.startswith(text):
                self._char += len(text)
                return True
            else:
                return False
        return True

    def _claim(self, text: str) -> bool:
        """Claim one more part that *text* can go on with; False: there is none."""
        if self.claim is None:
            return False
        claimed = self.claim(text if self.keys else "")
        self.keys += claimed
        return bool(claimed)

    def _step_back(self, count: int) -> bool:
        """Go back in the truth by *count*; False: not without starting over."""
        if self._key:
            return False
        told = self.truth.told[self.keys[0]] if count else []
        while count > self._char:
            count -= self._char
            self._token -= 1
            self._char = len(told[self._token])
        self._char -= count
        return True


def _common(old: str, text: str) -> int:
    """Return how many characters *old* and *text* begin with in common."""
    low, high = 0, min(len(old), len(text))
    while low < high:
        middle = (low + high + 1) // 2
        if old.startswith(text[:middle]):
            low = middle
        else:
            high = middle - 1
    return low
