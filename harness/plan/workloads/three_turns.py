"""The user asks, and asks again twice in the same thread.

So that a second message of its own, to a thread that is there, is sent by every client:
some make the thread and its first message together.
"""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def three_turns() -> Workload:
    """Return the three turns."""
    return Workload(
        turns=("Please answer in full.", "And then? Go on, please.", "And at last?")
    )
