"""What proves that a fault had its effect, one kind of proof a file.

A proof is a fold over records, made for one armed fault. Proof lies at the tap or
in what the server's edge wrote down of the bytes it performed, never in what a
fault says of itself. No effect: the run is INVALID, never a pass.
"""

from typing import Any, Protocol

from harness.case import ArmedFault
from harness.history import Record
from harness.registry import Registry


class Proof(Protocol):
    """The shape of a proof."""

    def __init__(self, fault: ArmedFault) -> None:
        """Look for the effect of *fault*."""

    def feed(self, record: Record) -> None:
        """Take note of *record*."""

    def finish(self) -> dict[str, Any]:
        """Return the evidence, JSON-able, with ``seq`` numbers; empty: no effect."""


PROOFS: Registry[type[Proof]] = Registry("proof", __name__)
