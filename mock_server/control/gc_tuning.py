"""Edge: tunes Python's garbage collector for a process that streams."""

import gc
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)


def tune_gc() -> None:
    """Freeze long-lived objects and raise the GC thresholds.

    A stream makes hundreds of objects and few cycles. By default each collection of
    the oldest generation would walk all cassettes and everything that sessions keep.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
