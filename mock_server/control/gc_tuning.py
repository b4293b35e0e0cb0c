"""Edge: Python's collector of reference cycles, in a process that streams."""

import gc
from typing import Final

_THRESHOLDS: Final = (50_000, 20, 100)


def tune_gc() -> None:
    """Let the collector leave alone what stays, and come less often.

    A stream makes hundreds of objects and few cycles. By default each collection of
    the oldest would walk all cassettes and all that sessions keep.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
