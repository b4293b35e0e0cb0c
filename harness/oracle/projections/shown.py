"""What is shown in the end, part by part, against the truth; values, no invariant."""

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
        keys: The parts of the truth it stands for; none: it is a stray.
        truth: What the server said.
        text: What is shown.
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
        """The parts that it is compared with; of a stray, all there are."""
        return self.keys or self.truth.in_order()

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The tokens of these."""
        return tuple(chain.from_iterable(self.truth.told[key] for key in self.of))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The same, each with the record that told it."""
        return tuple(chain.from_iterable(map(self.truth.tokens, self.of)))

    @cached_property
    def whole(self) -> str:
        """The text of all of them."""
        return "".join(self.told)

    @cached_property
    def is_right(self) -> bool:
        """Whether it is a beginning of what it stands for."""
        return self.whole.startswith(self.text) if self.keys else not self.text

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong with it; worked out on first use."""
        return diagnose(self.told, self.text)

    def lost(self) -> list[Token]:
        """Return the tokens that are missing; empty: nothing is surely lost.

        What something else stands in for is not lost but garbled.
        """
        if self.is_right and len(self.text) == len(self.whole):
            return []
        missing = self.diagnosis.missing
        if len(missing) <= self.diagnosis.excused:
            return []
        return [self.tokens[index] for index in missing]


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown, in display order: "live" by ops, or "final" by claim."""

    name: str
    parts: tuple[Shown, ...]
