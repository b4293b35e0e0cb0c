"""Which part of the truth a part of the client's stands for; a projection.

Parts are aligned by id where the client's names are the server's ids. A client that
has names of its own stands for the server's parts in order of appearance, and a text
that runs over the end of a part goes on in the next: a client that prints one single
text is judged by the same rule.
"""

from collections.abc import Iterable, Sequence

from midstream.harness.oracle.projections.tokens import Key
from midstream.harness.oracle.projections.track import Track
from midstream.harness.oracle.projections.truth import Truth


class Aligner:
    """Hands out the parts of the truth to one view, each at most once."""

    def __init__(self, truth: Truth) -> None:
        """Align with *truth* as it is when asked."""
        self._truth = truth
        self._knows_ids: bool | None = None
        self._claimed: set[Key] = set()

    def track(self, name: str, part: int, keys: Iterable[Key] = ()) -> Track:
        """Return an empty track for a part; *keys*, if any, are known to be its own."""
        truth, known = self._truth, list(keys)
        is_id = name in truth.messages
        if self._knows_ids is None and truth.messages:
            self._knows_ids = is_id
        if is_id and (name, part) in truth.told:
            known = [(name, part)]
        self._claimed.update(known)
        has_id = is_id or self._knows_ids
        return Track(name, part, known, truth, None if has_id else self._claim)

    def _claim(self, text: str) -> list[Key]:
        """Claim the next free part, of the open turn if it has one.

        Only a part that *text* can be the beginning of is claimed; "" fits all.
        """
        truth = self._truth
        free = [key for key in truth.in_order() if key not in self._claimed]
        if truth.turns.is_any_open:
            now = truth.turns.current
            free = [key for key in free if truth.turn_of(key[0]) == now] or free
        chosen = [key for key in free[:1] if _fits(truth.told[key], text)]
        self._claimed.update(chosen)
        return chosen


def _fits(told: Sequence[str], text: str) -> bool:
    """Say whether *text* begins as *told* does, as far as both go."""
    if not told:
        return True
    return told[0].startswith(text) or text.startswith(told[0])
