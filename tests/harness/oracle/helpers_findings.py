"""What a test wants of a finding's message: its facts, and not its sentence."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class _Says:
    """Equal to every text that has all *facts* in it."""

    facts: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and all(fact in other for fact in self.facts)

    def __hash__(self) -> int:
        return hash(self.facts)


def says(*facts: str) -> Any:  # noqa: ANN401 - stands for a text
    """Return a stand-in for any message that has all of *facts* in it."""
    return _Says(facts)
