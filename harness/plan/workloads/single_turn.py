"""The user asks once and reads the answer."""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def single_turn() -> Workload:
    """Return the one turn."""
    return Workload(turns=("Please answer in full.",))
