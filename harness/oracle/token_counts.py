"""How many tokens were said, shown, lost, doubled and moved; no judge.

What the numbers mean stands with `TokenCounts`. Tokens are numbered through in the
order of the thread. A text that is a beginning of the truth needs no diagnosis.
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
    """The tokens that stand on the screen, by number.

    Attributes:
        placed: In the order in which they stand; who stands twice is there twice.
        unplaced: Those for which one that is alike stands somewhere.
        spare: How many stand there that are too many by their looks alone.
    """

    placed: list[int] = field(default_factory=list)
    unplaced: list[int] = field(default_factory=list)
    spare: int = 0

    def add(self, shown: Shown, numbers: Sequence[int]) -> None:
        """Add the tokens of *shown*, whose part of the truth is *numbers*."""
        if shown.is_right:
            self.placed += numbers[: _whole(shown)]
            return
        found = shown.diagnosis
        self.placed += (numbers[index] for index in found.seen)
        missing: dict[str, list[int]] = {}
        for index in found.missing:
            missing.setdefault(shown.told[index], []).append(numbers[index])
        for text in found.ambiguous:
            if missing.get(text):
                self.unplaced.append(missing[text].pop(0))
            else:
                self.spare += 1


def count_tokens(transcript: ShownTranscript) -> TokenCounts:
    """Return what became of the tokens, once the last record is in."""
    truth = transcript.truth
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


def _numbered(truth: Truth) -> dict[Key, range]:
    """Return the numbers of each part's tokens."""
    keys = truth.in_order()
    ends = [*accumulate((len(truth.told[key]) for key in keys), initial=0)]
    return {key: range(*ends[at : at + 2]) for at, key in enumerate(keys)}


def _standing(transcript: ShownTranscript, numbers: dict[Key, range]) -> _Standing:
    """Return what stands in what was shown, or else in what was claimed.

    A stray stands for nothing; what it repeats of the other parts is too many.
    """
    view = next(iter(transcript.views), None)
    parts = view.parts if view else ()
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
    """Return the numbers of the tokens of the best run of each turn."""
    best: dict[int, set[int]] = {}
    for run, turn in truth.runs.items():
        said = {*chain.from_iterable(numbers[key] for key in truth.keys_of(run))}
        if said and (turn not in best or _rank(said, there) < _rank(best[turn], there)):
            best[turn] = said
    return {*chain.from_iterable(best.values())}


def _rank(said: set[int], there: set[int]) -> tuple[int, int]:
    """Return what makes a run better the smaller it is."""
    return len(said - there), -len(said)


def _whole(shown: Shown) -> int:
    """Return how many tokens stand whole in a beginning of the truth."""
    if len(shown.text) == len(shown.whole):
        return len(shown.told)
    return bisect_right([*accumulate(map(len, shown.told))], len(shown.text))


def _moved(numbers: Iterable[int]) -> int:
    """Return how many of *numbers* must move so that all rise: the fewest."""
    placed = [*numbers]
    if placed == sorted(placed):
        return 0
    rising: list[int] = []
    for number in placed:
        at = bisect_left(rising, number)
        rising[at : at + 1] = [number]
    return len(placed) - len(rising)
