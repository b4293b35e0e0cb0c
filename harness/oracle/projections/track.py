"""One part of one message as the user sees it, beside the truth; a projection.

While the shown text is a beginning of the truth, only the position in the truth is
kept, and each change costs as much as its own text. Only a text that has gone wrong is
kept itself, and compared as a whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from midstream.harness.oracle.projections.tokens import Key
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.record.history import Record


@dataclass(slots=True)
class Wrong:
    """A time in which the shown text was no beginning of the truth."""

    since: Record
    until: Record | None = None


@dataclass(slots=True)
class Track:
    """The text that part *part* of *name* shows.

    Attributes:
        keys: The parts of the truth that it shows, in order; empty if it matches none.
        truth: What the server said so far.
        claim: Returns the next free part of the truth that a text can continue with;
            None if the client knows the server's ids.
        size: The length of the shown text.
        flicker: How many characters were shown and taken back.
        wrongs: The times in which it was wrong, in order; the last may be without end.
        shown: The record since which it shows any text.
        last: The record of the last change.
    """

    name: str
    part: int
    keys: list[Key]
    truth: Truth
    claim: Callable[[str], list[Key]] | None = None
    size: int = 0
    flicker: int = 0
    wrongs: list[Wrong] = field(default_factory=list)
    shown: Record | None = None
    last: Record | None = None
    _wrong: list[str] | None = None
    """The shown text in pieces, while it is wrong."""
    _passed: list[tuple[Sequence[str], int]] = field(default_factory=list)
    """The tokens of each earlier part, and how many of them are shown."""
    _said: Sequence[str] = ()
    """The tokens of the current part, as many as were known when it was reached."""
    _token: int = 0
    _char: int = 0

    @property
    def text(self) -> str:
        """The whole text shown."""
        if self._wrong is not None:
            return "".join(self._wrong)
        places = [*self._passed, (self._said, self._token)]
        shown = "".join(chain.from_iterable(said[:nth] for said, nth in places))
        return shown + self._said[self._token][: self._char] if self._char else shown

    @property
    def is_wrong(self) -> bool:
        """Whether the shown text is no beginning of what the server said so far."""
        return self._wrong is not None

    def append(self, record: Record, text: str) -> None:
        """Add *text* at the end."""
        self.last = record
        if not text:
            return
        if not self.size:
            self.shown = record
        if self._wrong is not None:
            self._wrong.append(text)
        elif not self._advance(text):
            self._wrong = [self.text[: self.size], text]
            self.wrongs.append(Wrong(record))
        self.size += len(text)

    def replace(self, record: Record, text: str) -> None:
        """Show *text* instead; a common beginning of the two does not flicker."""
        old = self.text
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
            self.size -= count
            self.last = record
            return
        self._show(record, self.text[: self.size - count])

    def compare(self, record: Record) -> None:
        """Compare the whole text again, since *record* has changed the truth."""
        self._compare(record, self.text)

    def _show(self, record: Record, text: str) -> None:
        """Show *text* instead of all that was shown before."""
        if not self.size:
            self.shown = record
        self.size, self.last = len(text), record
        self._compare(record, text)

    def _compare(self, record: Record, text: str) -> None:
        """Compare *text* from its beginning; record when it went wrong, or right."""
        was_wrong = self.is_wrong
        self._passed, self._said, self._token, self._char = [], (), 0, 0
        self._wrong = None if self._advance(text) else [text]
        if was_wrong and not self.is_wrong:
            self.wrongs[-1].until = record
        elif self.is_wrong and not was_wrong:
            self.wrongs.append(Wrong(record))

    def _advance(self, text: str) -> bool:
        """Advance in the truth by *text*; return False if the truth differs."""
        at, end = 0, len(text)
        while at < end:
            if self._token == len(self._said) and not self._go_on(text[at:]):
                return False
            rest = self._said[self._token]
            if self._char:
                rest = rest[self._char :]
            if end - at < len(rest):
                if not rest.startswith(text[at:]):
                    return False
                self._char += end - at
                return True
            if not text.startswith(rest, at):
                return False
            at += len(rest)
            self._token, self._char = self._token + 1, 0
        return True

    def _go_on(self, text: str) -> bool:
        """Go to tokens that are not shown yet; return False if *text* has none."""
        while len(self._passed) < len(self.keys) or self._claim(text):
            self._said = self.truth.said[self.keys[len(self._passed)]]
            if self._token < len(self._said):
                return True
            self._passed.append((self._said, self._token))
            self._token = 0
        return False

    def _claim(self, text: str) -> bool:
        """Claim one more part that *text* can continue with; return False if none."""
        if self.claim is None:
            return False
        claimed = self.claim(text if self.keys else "")
        self.keys += claimed
        return bool(claimed)

    def _step_back(self, count: int) -> bool:
        """Go back in the truth by *count*; return False if that needs a new start."""
        if self._passed:
            return False
        while count > self._char:
            count -= self._char
            self._token -= 1
            self._char = len(self._said[self._token])
        self._char -= count
        return True


def _common(old: str, text: str) -> int:
    """Return the length of the common beginning of *old* and *text*."""
    low, high = 0, min(len(old), len(text))
    while low < high:
        middle = (low + high + 1) // 2
        if old.startswith(text[:middle]):
            low = middle
        else:
            high = middle - 1
    return low
