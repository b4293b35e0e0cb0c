"""How the time of some work grows with its size, for tests that it does not explode."""

import gc
from collections.abc import Callable
from time import process_time

TIMES = 4
"""How many times as large the larger work is."""
BEARABLE = 2.0 * TIMES
"""Linear work takes about `TIMES` as long, quadratic work the square of that."""
_ROUNDS = 2


def growth(prepare: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return how many times as long the work of `TIMES` the *size* takes.

    *prepare* returns the work of a size, which is done afresh each time. The CPU time
    counts, the least of a few rounds, so that a busy machine does not disturb.
    """
    small = min(_cpu_s(prepare(size)) for _ in range(_ROUNDS))
    large = min(_cpu_s(prepare(TIMES * size)) for _ in range(_ROUNDS))
    return large / small


def _cpu_s(work: Callable[[], object]) -> float:
    """Return what *work* takes; what the collector does meanwhile is not its own."""
    gc.disable()
    try:
        began_s = process_time()
        work()
        return process_time() - began_s
    finally:
        gc.enable()
