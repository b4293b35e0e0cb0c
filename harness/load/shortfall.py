"""What a storm has asked for and what did not happen: the load was another one.

Pure. Not about processes, which `health` looks at: they may all have been well.
"""

from collections.abc import Iterator
from typing import Final

from .health import Ailment
from .tally import Tally

MISSED_PART: Final = 0.05
"""Which part of the paced starts may find nobody free until their phase ends.

Beyond this the load was not the one that was asked for, and those who were left out
are those who would have waited longest.
"""


def shortfalls(tally: Tally) -> Iterator[Ailment]:
    """Yield what is missing in *tally* of what the storm has asked for."""
    missed = tally.missed()
    if (missed.value or 0.0) > MISSED_PART:
        yield Ailment(
            kind="missed",
            who="starts",
            message=f"nobody was free for {missed.part} of {missed.whole} paced "
            f"starts, more than {100 * MISSED_PART:g} %: there are not enough users "
            "for the rate",
            remedy="more users (-u), about the rate times the duration and some to "
            "spare, or a lower rate_per_s",
        )
