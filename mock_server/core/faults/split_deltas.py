"""Send the answer letter by letter: each delta becomes one for every character.

This is legal and changes only the number of events. A display that draws everything
again at each event takes time that grows with the square of the answer.

Source: docs/research/wire.md, Delta payloads: a delta holds any part of the text.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.shapes import WORDLESS, Shapes
from midstream.mock_server.core.steps import Fault, Send, Step


@FAULTS.register
class SplitDeltas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replace each delta of text from here on by one for every character."""

    proof: ClassVar[str] = "altered"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    def speaking(self, shapes: Shapes) -> Fault:
        """Return the fault as it finds the text in the events of an API.

        Raises:
            SettingsError: It is not known where the text is.
        """
        return partial(_split, shapes.letters())

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Raise `SettingsError`: it needs words."""
        return self.speaking(WORDLESS)(steps)


def _split(
    letters: Callable[[bytes], Sequence[bytes]], steps: Iterator[Step]
) -> Iterator[Step]:
    """Pass *steps*, the text in them in pieces of one character."""
    for step in steps:
        if isinstance(step, Send) and step.role == "text" and not step.start:
            yield from _changed(step, letters(step.data))
        else:
            yield step


def _changed(send: Send, pieces: Sequence[bytes]) -> Iterator[Step]:
    """Yield *pieces* in place of *send*; one that is the same passes."""
    for piece in pieces:
        yield send if piece == send.data else send.altered(piece)
