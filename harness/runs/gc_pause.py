"""Edge: keeps Python's own housekeeping from standing in the way of the streams.

The SDKs' imports make so many objects that a full collection, which walks them all,
takes a quarter of a second (measured). Server, tap and in-process clients stand still
for it, and what then looks like silence, or like a slow answer, is our doing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Take what is there now for something that stays, as long as the block lasts."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
