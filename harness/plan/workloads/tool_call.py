"""The user asks for something that needs the client's tools."""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def tool_call() -> Workload:
    """Return the one turn, with an output for every function."""
    return Workload(
        turns=("What is it like there right now?",),
        tools={"*": '{"ok": true, "reading": "17 degrees, light rain"}'},
        needs=("tools",),
    )
