"""Workloads, one in each file: the user's turns and the outputs of the tools."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from midstream.mock_server.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Workload:
    """The user's *turns*, all different, and *tools*: outputs by function name.

    The key "*" is for every function without an output of its own. *needs* are the
    capabilities that a client must have; without them the run is UNSUPPORTED.
    """

    turns: tuple[str, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


WorkloadMaker: TypeAlias = Callable[[], Workload]

WORKLOADS: Registry[WorkloadMaker] = Registry("workload", __name__)
