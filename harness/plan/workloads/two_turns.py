"""The user asks, reads the answer, and asks again in the same thread."""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def two_turns() -> Workload:
    """Return the two turns."""
    return Workload(turns=("Please answer in full.", "And then? Go on, please."))
