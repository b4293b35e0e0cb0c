"""What the user does: the turns and the tools' canned outputs, one workload a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from midstream.mock_server.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Workload:
    """The user's *turns*, all different, and *tools*: outputs by function name.

    The key "*" serves every function that has no output of its own. *needs* are
    the capabilities without which a client is UNSUPPORTED here.
    """

    turns: tuple[str, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


WORKLOADS: Registry[Workload] = Registry("workload", __name__)
_ASK = "Please answer in full."

# The user asks once and reads the answer.
WORKLOADS.register_as("single_turn", Workload((_ASK,)))

# The user asks, reads the answer, and asks again in the same thread.
WORKLOADS.register_as("two_turns", Workload((_ASK, "And then? Go on, please.")))

# The user asks, and asks again twice in the same thread. So every client sends a
# message of its own to a thread that is there: some make the thread and its first
# message together.
WORKLOADS.register_as(
    "three_turns", Workload((_ASK, "And then? Go on, please.", "And at last?"))
)

# The user asks for something the assistant needs the client's tools for; there is an
# output for whatever function is asked for.
WORKLOADS.register_as(
    "tool_call",
    Workload(
        ("What is it like there right now?",),
        tools={"*": '{"ok": true, "reading": "17 degrees, light rain"}'},
        needs=("tools",),
    ),
)
