"""Deals things out so that no share is much larger than another: pure."""

from collections.abc import Mapping


def shares(sizes: Mapping[str, int], count: int) -> list[list[str]]:
    """Return *count* shares of what has *sizes*, or fewer: none is empty.

    The largest first, each to who has least. Each share is in the order of the names.
    """
    dealt: list[tuple[int, list[str]]] = [(0, []) for _ in range(count)]
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        least = min(range(count), key=lambda index: dealt[index][0])
        has, names = dealt[least]
        dealt[least] = has + sizes[name], [*names, name]
    return [sorted(names) for _, names in dealt if names]
