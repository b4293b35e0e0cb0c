"""Load that a storm asked for and the run did not deliver.

Pure. `health` looks at the processes; here they may all have been healthy.
"""

from collections.abc import Iterator
from typing import Final

from .health import RigProblem
from .share import Share
from .tally import Tally

MISSED_PART: Final = 0.05
"""The share of paced starts that may be missed, because no user is free in their phase.

If more are missed, the load was lower than asked for, and the missing streams are those
that would have waited longest.
"""
DRAWN_LEAST: Final = 5
"""If a fault was sampled for this many streams or more, it must hit at least one.

Single streams may miss it, if an outage or their own end comes first. If so many miss
it, no stream reaches the fault's position.
"""


def shortfalls(tally: Tally) -> Iterator[RigProblem]:
    """Yield a problem for all load that the storm asked for and *tally* lacks."""
    missed = tally.missed()
    if (missed.value or 0.0) > MISSED_PART:
        yield _missed(missed)
    for kind, struck in tally.struck().items():
        if struck.whole >= DRAWN_LEAST and not struck.part:
            yield _idle(kind, struck.whole)


def _missed(missed: Share) -> RigProblem:
    return RigProblem(
        kind="missed",
        who="starts",
        message=f"no user was free for {missed.part} of {missed.whole} paced starts; "
        f"the limit is {100 * MISSED_PART:g} %: there are too few users for the rate",
        remedy="use more users (-u): about the rate times a stream's duration, and "
        "some to spare; or a lower rate_per_s",
    )


def _idle(kind: str, sampled: int) -> RigProblem:
    return RigProblem(
        kind="no_effect",
        who=kind,
        message=f"{kind} was sampled for {sampled} streams, and there is no proof that "
        "it hit any of them",
        remedy="place the fault where streams reach it: sooner (its args, or at), or "
        "in longer answers (cassettes)",
    )
