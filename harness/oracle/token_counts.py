"""Counts the tokens that were said, shown, lost, doubled and moved; judges nothing.

`TokenCounts` defines the numbers. Here all tokens of a run's thread are numbered in
order. A text that is a beginning of the truth needs no diagnosis.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain

from midstream.harness.oracle.projections.shown import Shown
from midstream.harness.oracle.projections.tokens import Key
from midstream.harness.oracle.projections.transcript import ShownTranscript
from midstream.harness.oracle.projections.truth import Truth

from .verdict import TokenCounts


@dataclass(slots=True)
class _Standing:
    """The tokens on the screen, by number.

    Attributes:
        placed: In the order on the screen; a token shown twice is in it twice.
        unplaced: Missing tokens for which an equal token stands out of place.
        spare: How many other tokens stand out of place and are one too many.
    """

    placed: list[int] = field(default_factory=list)
    unplaced: list[int] = field(default_factory=list)
    spare: int = 0

    def add(self, shown: Shown, numbers: Sequence[int]) -> None:
        """Add the tokens of *shown*, which shows the tokens called *numbers*."""
        if shown.is_right:
            self.placed += numbers[: _whole(shown)]
            return
        found = shown.diagnosis
        self.placed += (numbers[index] for index in found.seen)
        missing: dict[str, list[int]] = {}
        for index in found.missing:
            missing.setdefault(shown.said[index], []).append(numbers[index])
        for text in found.ambiguous:
            if missing.get(text):
                self.unplaced.append(missing[text].pop(0))
            else:
                self.spare += 1


def count_tokens(transcript: ShownTranscript) -> TokenCounts:
    """Return what became of the tokens; called after the last record."""
    truth = transcript.truth
    right = _right(transcript)
    if right is not None:
        return _counted(truth, right)
    numbers = _numbered(truth)
    standing = _standing(transcript, numbers)
    there = {*standing.placed, *standing.unplaced}
    best = _best(truth, numbers, there)
    placed = [number for number in standing.placed if number in best]
    shown = len(there & best)
    doubled = len(placed) - len({*placed}) + standing.spare
    return TokenCounts(
        said=len(best),
        shown=shown,
        lost=len(best) - shown,
        doubled=doubled,
        moved=_moved([*dict.fromkeys(placed)]),
    )


def _right(transcript: ShownTranscript) -> dict[Key, int] | None:
    """Return how many tokens of each part are shown, or None if any text is wrong.

    It is right if each text is a beginning of the truth and none stands twice or out of
    place. Such a text, however long, is counted without a number for each token.
    """
    truth, counts = transcript.truth, dict[Key, int]()
    places = {key: place for place, key in enumerate(truth.in_order())}
    before = -1
    for shown in _parts(transcript):
        if not shown.keys or not shown.is_right:
            return None
        left = _whole(shown)
        for key in shown.keys:
            if places.get(key, -1) <= before:
                return None
            before, counts[key] = places[key], min(left, len(truth.said[key]))
            left -= counts[key]
    return counts


def _counted(truth: Truth, shown: dict[Key, int]) -> TokenCounts:
    """Count the tokens of each turn's best-shown run; *shown* says how many are."""
    best: dict[int, tuple[int, int]] = {}
    for run, turn in truth.runs.items():
        keys = truth.keys_of(run)
        said = sum(len(truth.said[key]) for key in keys)
        lost = said - sum(shown.get(key, 0) for key in keys)
        if said:
            rank = lost, -said
            best[turn] = min(best.get(turn, rank), rank)
    lost, said = (sum(column) for column in zip((0, 0), *best.values(), strict=True))
    return TokenCounts(said=-said, shown=-said - lost, lost=lost)


def _parts(transcript: ShownTranscript) -> Sequence[Shown]:
    """Return the live text, or the final text if there is no other."""
    view = next(iter(transcript.views), None)
    return view.parts if view else ()


def _numbered(truth: Truth) -> dict[Key, range]:
    """Return the numbers of each part's tokens."""
    keys = truth.in_order()
    ends = [*accumulate((len(truth.said[key]) for key in keys), initial=0)]
    return {key: range(*ends[at : at + 2]) for at, key in enumerate(keys)}


def _standing(transcript: ShownTranscript, numbers: dict[Key, range]) -> _Standing:
    """Return the tokens on the screen.

    A part that matches no message adds no tokens; what it repeats is spare.
    """
    parts = _parts(transcript)
    standing = _Standing()
    for shown in parts:
        if shown.keys:
            of = (numbers.get(key, range(0)) for key in shown.keys)
            standing.add(shown, [*chain.from_iterable(of)])
    there = {*standing.placed}
    for shown in parts:
        if not shown.keys:
            standing.spare += sum(number in there for number in shown.diagnosis.seen)
    return standing


def _best(truth: Truth, numbers: dict[Key, range], there: set[int]) -> set[int]:
    """Return the numbers of the tokens of each turn's best-shown run."""
    best: dict[int, set[int]] = {}
    for run, turn in truth.runs.items():
        said = {*chain.from_iterable(numbers[key] for key in truth.keys_of(run))}
        if said and (turn not in best or _rank(said, there) < _rank(best[turn], there)):
            best[turn] = said
    return {*chain.from_iterable(best.values())}


def _rank(said: set[int], there: set[int]) -> tuple[int, int]:
    """Return a sort key that is the smaller, the better a run is shown."""
    return len(said - there), -len(said)


def _whole(shown: Shown) -> int:
    """Return how many whole tokens *shown*, a beginning of the truth, has."""
    if len(shown.text) == len(shown.whole):
        return len(shown.said)
    return bisect_right([*accumulate(map(len, shown.said))], len(shown.text))


def _moved(numbers: Iterable[int]) -> int:
    """Return the smallest number of *numbers* that must move to sort them all."""
    placed = [*numbers]
    if placed == sorted(placed):
        return 0
    rising: list[int] = []
    for number in placed:
        at = bisect_left(rising, number)
        rising[at : at + 1] = [number]
    return len(placed) - len(rising)
