"""The user asks, and asks again twice in the same thread.

With three turns every client sends a message to a thread that exists already, and then
another one: some clients make the thread and its first message together.
"""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def three_turns() -> Workload:
    """Return the three turns."""
    return Workload(
        turns=("Please answer in full.", "And then? Go on, please.", "And at last?")
    )
