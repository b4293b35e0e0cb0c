"""What the user does, one workload a file: the turns and the tools' canned outputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

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


WorkloadMaker: TypeAlias = Callable[[], Workload]

WORKLOADS: Registry[WorkloadMaker] = Registry("workload", __name__)
