"""What a storm has asked for and what did not happen: the load was another one.

Pure. Not about processes, which `health` looks at: they may all have been well.
"""

from collections.abc import Iterator
from typing import Final

from .health import RigProblem
from .share import Share
from .tally import Tally

MISSED_PART: Final = 0.05
"""Which part of the paced starts may find nobody free until their phase ends.

Beyond this the load was not the one that was asked for, and those who were left out
are those who would have waited longest.
"""
DRAWN_LEAST: Final = 5
"""From how many streams on a fault that was drawn for them has to strike one.

Some come to nothing, where an outage or the stream's own end is faster. Where all of so
many do, the fault's place is one that streams do not reach.
"""


def shortfalls(tally: Tally) -> Iterator[RigProblem]:
    """Yield what is missing in *tally* of what the storm has asked for."""
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
        message=f"nobody was free for {missed.part} of {missed.whole} paced "
        f"starts, more than {100 * MISSED_PART:g} %: there are not enough users "
        "for the rate",
        remedy="more users (-u), about the rate times the duration and some to "
        "spare, or a lower rate_per_s",
    )


def _idle(kind: str, drawn: int) -> RigProblem:
    return RigProblem(
        kind="no_effect",
        who=kind,
        message=f"{kind} was drawn for {drawn} streams, and nothing shows that it "
        "struck one of them",
        remedy="let it strike where streams come by: sooner (its args, or at), or in "
        "longer answers (cassettes)",
    )
