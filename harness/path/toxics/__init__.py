"""The faults of the network, one a file, all injected by Toxiproxy.

A toxic is a frozen struct of settings with units in their names. It does no I/O: it
returns, as values, what Toxiproxy must hold before the first connection, and what to
change when the server has stopped at the fault's position. `harness.path.nemesis`
carries that out.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias

from midstream.mock_server.core.registry import Registry

Stream: TypeAlias = Literal["downstream", "upstream"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A toxic in Toxiproxy's own terms and units; *toxicity* is 0 (dormant) or 1."""

    name: str
    type: str
    stream: Stream
    attributes: dict[str, int]
    toxicity: float = 1.0


@dataclass(frozen=True, slots=True)
class SetToxic:
    """Change the attributes and toxicity of the placed toxic *name*.

    With *severs*, every connection is ended first, so that none goes on with bytes
    missing.
    """

    name: str
    attributes: dict[str, int]
    toxicity: float = 1.0
    severs: bool = False


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Disable the whole proxy for *seconds*; None means for good."""

    seconds: float | None


Change: TypeAlias = SetToxic | TakeDown


@dataclass(frozen=True, slots=True)
class Stop:
    """The point at which the server has stopped for a fault.

    *offset* is the number of bytes written on that connection so far, *data* the event
    that comes next, and *lead* the number of bytes of framing before *data* (the HTTP
    chunk's size line).
    """

    offset: int
    lead: int
    data: bytes


class Toxic(Protocol):
    """The shape of a path fault. *name* is unique in the run: the fault's id."""

    proof: ClassVar[str]
    disruptive: ClassVar[bool]

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:
        """Return the toxics that must be in place before the client connects.

        With *dormant*, the fault has a position and must not act before it.
        """

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:
        """Return the changes to make when the server has stopped at the position."""

    def healed(self, name: str) -> tuple[Change, ...]:
        """Return the changes to make once the effect was seen; there may be none."""


TOXICS: Registry[type[Toxic]] = Registry("toxic", __name__)
