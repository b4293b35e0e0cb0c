"""Assigns each part of the client's text to a part of the truth; a projection.

Parts are aligned by id if the client uses the server's ids. The parts of a client that
has names of its own are assigned in order of appearance, and a text that runs over the
end of one part continues in the next. So a client that prints one single text is
judged by the same rule.
"""

from collections.abc import Iterable, Sequence

from midstream.harness.oracle.projections.tokens import Key
from midstream.harness.oracle.projections.track import Track
from midstream.harness.oracle.projections.truth import Truth


class Aligner:
    """Assigns the parts of the truth to one view, each at most once."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._knows_ids: bool | None = None
        self._claimed: set[Key] = set()

    def track(self, name: str, part: int, keys: Iterable[Key] = ()) -> Track:
        """Return an empty track for a part; it surely shows *keys*."""
        truth, known = self._truth, list(keys)
        is_id = name in truth.messages
        if self._knows_ids is None and truth.messages:
            self._knows_ids = is_id
        if is_id and (name, part) in truth.said:
            known = [(name, part)]
        self._claimed.update(known)
        has_id = is_id or self._knows_ids
        return Track(name, part, known, truth, None if has_id else self._claim)

    def _claim(self, text: str) -> list[Key]:
        """Claim the next free part, preferably of the open turn.

        The part is claimed only if *text* can be its beginning; "" fits every part.
        """
        truth = self._truth
        free = [key for key in truth.in_order() if key not in self._claimed]
        if truth.turns.is_any_open:
            now = truth.turns.current
            free = [key for key in free if truth.turn_of(key[0]) == now] or free
        chosen = [key for key in free[:1] if _fits(truth.said[key], text)]
        self._claimed.update(chosen)
        return chosen


def _fits(said: Sequence[str], text: str) -> bool:
    """Say whether *text* and *said* agree as far as both go."""
    if not said:
        return True
    return said[0].startswith(text) or text.startswith(said[0])
