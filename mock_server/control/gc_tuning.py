"""Edge: keeps Python's collector of reference cycles from standing in a stream's way.

The SDKs' imports make so many objects that a full collection, which walks them all,
takes a quarter of a second (measured). Whatever streams in this process stands still
for it, and what then looks like silence, or like a slow answer, is our doing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)


def tune_gc() -> None:
    """Exempt what is there now from collection, and collect less often, for good.

    For a process that does nothing but stream: a stream makes hundreds of objects and
    few cycles, and a server keeps all cassettes and all that sessions know.
    """
    _freeze()
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Exempt what is there now from collection, as long as the block lasts.

    If the process had exempted something before, all of it stays exempt: there is no
    way to give back a part.
    """
    had_frozen = gc.get_freeze_count() > 0
    _freeze()
    try:
        yield
    finally:
        if not had_frozen:
            gc.unfreeze()


def _freeze() -> None:
    gc.collect()
    gc.freeze()
