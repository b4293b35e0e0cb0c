"""The user asks for something the assistant needs the client's tools for."""

from midstream.harness.plan.workloads import WORKLOADS, Workload


@WORKLOADS.register
def tool_call() -> Workload:
    """Return the one turn, with an output for whatever function is asked for."""
    return Workload(
        turns=("What is it like there right now?",),
        tools={"*": '{"ok": true, "reading": "17 degrees, light rain"}'},
        needs=("tools",),
    )
