"""Says when this process was too busy to judge a client fairly.

Server, tap and in-process clients share one event loop. If the loop is late by a large
part of the silence that a client must tolerate, the client sees a silence that the
server did not cause, and must not be blamed for its reaction. A client that passes all
the same keeps its verdict: see `harness.oracle.grading`.
"""

from midstream.harness.oracle.grading import OVERLOADED

BEAT_S = 0.05
"""How often a run looks whether its loop is late."""
PART = 0.5
"""The loop may be late by this part of the silence that a client must tolerate."""


def trouble(worst_s: float, idle_s: float) -> str:
    """Return what is wrong if the loop was *worst_s* late, which *idle_s* forbids.

    An empty text says that nothing is.
    """
    if worst_s <= idle_s * PART:
        return ""
    return (
        f"{OVERLOADED}: the machine was {worst_s:.2f} s late, and the client must "
        f"tolerate {idle_s:g} s of silence only; use fewer --jobs"
    )
