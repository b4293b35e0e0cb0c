"""What the server does wrong on purpose, one fault a file.

A fault is a frozen struct of settings whose call maps steps to steps. It sees the
response *from its position on*: `mock_server.core.position` has split the steps there,
so the first step is the `Head`, or the `Send` of the event (or of the rest of the
event) that it hits. It passes on what it leaves alone. It does no I/O, reads
no clock and draws nothing at random, so it is tested on lists.
"""

from collections.abc import Iterator
from typing import Protocol

from midstream.mock_server.core.registry import Registry
from midstream.mock_server.core.steps import Step


class FaultSpec(Protocol):
    """The shape of a fault: settings, what proves it, and the function itself.

    What does not depend on the settings is a class variable.
    """

    @property
    def proof(self) -> str:
        """How the harness proves the effect: a name in `harness.oracle.proofs`."""

    @property
    def disruptive(self) -> bool:
        """Whether a client that ignores it can be expected to lose something."""

    @property
    def commits(self) -> bool:
        """Whether the request takes effect on the server's state all the same."""

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Return the steps that the connection performs instead."""


FAULTS: Registry[type[FaultSpec]] = Registry("fault", __name__)
