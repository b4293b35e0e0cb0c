"""The text shown at the end, part by part, beside the truth; values, no invariant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from midstream.harness.oracle.projections.diagnosis import Diagnosis, diagnose
from midstream.harness.oracle.projections.tokens import Key, Token
from midstream.harness.oracle.projections.truth import Truth


@dataclass(frozen=True)
class Shown:
    """One part as shown at the end of the run.

    Attributes:
        name: The client's name for the message.
        part: The index of the part.
        keys: The parts of the truth that it shows; empty if it matches none.
        truth: What the server said.
        text: The text that is shown.
        seqs: The records that prove it.
    """

    name: str
    part: int
    keys: tuple[Key, ...]
    truth: Truth
    text: str
    seqs: tuple[int, ...]

    @property
    def of(self) -> Sequence[Key]:
        """The parts that it is compared with: *keys*, or all if it matches none."""
        return self.keys or self.truth.in_order()

    @cached_property
    def said(self) -> Sequence[str]:
        """The tokens of the parts that it is compared with."""
        if len(self.of) == 1:
            return self.truth.said[self.of[0]]
        return tuple(chain.from_iterable(self.truth.said[key] for key in self.of))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The same tokens, each with the record that said it."""
        return tuple(chain.from_iterable(map(self.truth.tokens, self.of)))

    @cached_property
    def whole(self) -> str:
        """The text of these tokens."""
        return "".join(self.said)

    @cached_property
    def is_right(self) -> bool:
        """Whether the shown text is a beginning of the truth."""
        return self.whole.startswith(self.text) if self.keys else not self.text

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong with the text; computed on first use."""
        return diagnose(self.said, self.text)

    def lost(self) -> list[Token]:
        """Return the tokens that are certainly missing.

        A token that other text may have replaced is not lost but garbled.
        """
        if self.is_right and len(self.text) == len(self.whole):
            return []
        missing = self.diagnosis.missing
        if len(missing) <= self.diagnosis.excused:
            return []
        return [self.tokens[index] for index in missing]


@dataclass(frozen=True, slots=True)
class View:
    """All shown parts in display order: "live" from ops, "final" from the last op."""

    name: str
    parts: tuple[Shown, ...]
