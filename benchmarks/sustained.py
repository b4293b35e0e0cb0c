"""How many streams each load generator sustains: rounds in turn, a table. No I/O."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from .generated import Generated
from .knee import knee, try_next
from .tables import NONE, table

Generate: TypeAlias = Callable[[str, int], Generated]
"""Makes one round, of a kind, with so many streams."""
BASE: Final = "raw"
"""The kind that the others are compared with."""
_HEAD: Final = (
    *("load generator", "keeps pace", "not any more", "events/s", f"to {BASE}"),
    *("CPU us/event", f"to {BASE}", "loop lag p99 ms", "rounds", "quiet"),
)


def take_turns(
    firsts: Mapping[str, int], rounds: int, generate: Generate
) -> Iterator[Generated]:
    """Yield round after round, of each kind in turn, until its knee is known.

    A round that broke while others used the cores tells nothing, and is tried again.
    """
    tried: dict[str, dict[int, bool]] = {kind: {} for kind in firsts}
    for _ in range(rounds):
        for kind, known in tried.items():
            streams = try_next(known, firsts[kind])
            if streams is None:
                continue
            done = generate(kind, streams)
            if done.keeps_pace or done.is_quiet:
                known[streams] = done.keeps_pace
            yield done


def summary(done: Sequence[Generated]) -> list[str]:
    """Return a table's lines: one for each kind, its costs those at its knee."""
    kinds = dict.fromkeys(each.kind for each in done)
    by_kind = {kind: [each for each in done if each.kind == kind] for kind in kinds}
    base = at_knee(by_kind[BASE]) if BASE in by_kind else None
    return table(_HEAD, [_row(each, base) for each in by_kind.values()])


def at_knee(done: Sequence[Generated]) -> Generated:
    """Return the round with the most streams that kept the pace, else the smallest."""
    kept = [each for each in done if each.keeps_pace]
    if kept:
        return max(kept, key=lambda each: each.streams)
    return min(done, key=lambda each: each.streams)


def _row(done: Sequence[Generated], base: Generated | None) -> list[str]:
    found = knee({each.streams: each.keeps_pace for each in done})
    best = at_knee(done)
    rate = found.holds * best.pace_hz
    base_rate = base.streams * base.pace_hz if base and base.keeps_pace else 0.0
    return [
        best.kind,
        f"{found.holds}",
        NONE if found.breaks is None else f"{found.breaks}",
        f"{rate:,.0f}",
        _ratio(rate, base_rate),
        f"{best.cpu_us:.1f}",
        _ratio(best.cpu_us, base.cpu_us if base else 0.0),
        f"{best.lag_p99_ms:.0f}",
        f"{len(done)}",
        f"{sum(each.is_quiet for each in done)}",
    ]


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs else NONE
