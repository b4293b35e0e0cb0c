"""What the server does wrong on purpose, one fault a file.

A fault is a frozen struct of settings whose call maps steps to steps. It sees the
response *from its position on*: `mock_server.core.position` has split the steps there,
so the first step is the `Head`, or the `Send` of the event (or of the rest of the
event) that it hits. It passes on what it leaves alone. It does no I/O, reads
no clock and draws nothing at random, so it is tested on lists.

A fault that makes up events of an API gets their shapes from the dialect (`fitted`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from midstream.mock_server.core.errors import SettingsError
from midstream.mock_server.core.registry import Registry, name_of
from midstream.mock_server.core.shapes import Shapes
from midstream.mock_server.core.steps import Fault, Step


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


@runtime_checkable
class HeadFault(Protocol):
    """A fault that changes a response's head, so it cannot strike at an event."""

    needs_head: ClassVar[bool]


@runtime_checkable
class SpeakingFault(Protocol):
    """A fault that says something in the words of an API."""

    def speaking(self, shapes: Shapes) -> Fault:
        """Return the fault as it speaks an API that has *shapes*.

        Raises:
            SettingsError: The API has no such shape, or it cannot say this.
        """


@dataclass(frozen=True, slots=True)
class FittedFault:
    """A fault, *spec*, that has its words: *act* is what it does."""

    spec: FaultSpec
    act: Fault

    @property
    def proof(self) -> str:
        """How the harness proves the effect."""
        return self.spec.proof

    @property
    def disruptive(self) -> bool:
        """Whether a client that ignores it can be expected to lose something."""
        return self.spec.disruptive

    @property
    def commits(self) -> bool:
        """Whether the request takes effect on the server's state all the same."""
        return self.spec.commits

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Return the steps that the connection performs instead."""
        return self.act(steps)


def fitted(fault: FaultSpec, shapes: Shapes, *, is_at_head: bool) -> FaultSpec:
    """Return *fault* as it acts in an API that has *shapes*.

    Raises:
        SettingsError: It cannot: the API lacks a shape, or the fault strikes at an
            event, not at a head as it must.
    """
    kind = name_of(type(fault))
    if isinstance(fault, HeadFault) and not is_at_head:
        raise SettingsError(f"{kind} changes the head, so it takes no event in 'at'")
    if not isinstance(fault, SpeakingFault):
        return fault
    try:
        return FittedFault(fault, fault.speaking(shapes))
    except SettingsError as error:
        raise SettingsError(f"{kind}: {error}") from error


FAULTS: Registry[type[FaultSpec]] = Registry("fault", __name__)
