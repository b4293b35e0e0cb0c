"""What faults can say in an API: the shapes of the events that they make up.

A dialect hands them to the faults that speak, so that no fault knows an API.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from .errors import SettingsError

ErrorShape: TypeAlias = Literal["wrapped", "flat", "bare"]


class ErrorWords(msgspec.Struct, frozen=True, kw_only=True):
    """What an error event says, and how; the fault `error_event` explains it."""

    shape: ErrorShape = "wrapped"
    message: str = "The server had an error processing your request."
    type: str = "server_error"
    code: str | None = "server_error"


class Shapes(Protocol):
    """How an API says what faults make up.

    Each method raises `SettingsError` if the API has no such shape; the message says
    what would give it one.
    """

    def letters(self) -> Callable[[bytes], Sequence[bytes]]:
        """Return what turns an event with text into events of one character each.

        An event that says more than one piece of text, it returns alone.
        """

    def foreign_text(self, text: str, message: str) -> bytes:
        """Return an event that says *text* in *message*, an id."""

    def error(self, words: ErrorWords) -> bytes:
        """Return an error event."""


class NoShapes:
    """Those of a recording whose API is unknown."""

    def letters(self) -> Callable[[bytes], Sequence[bytes]]:
        """Raise `SettingsError`."""
        raise SettingsError(_UNKNOWN)

    def foreign_text(self, text: str, message: str) -> bytes:  # noqa: ARG002 (the shape of shapes)
        """Raise `SettingsError`."""
        raise SettingsError(_UNKNOWN)

    def error(self, words: ErrorWords) -> bytes:  # noqa: ARG002 (the shape of shapes)
        """Raise `SettingsError`."""
        raise SettingsError(_UNKNOWN)


_UNKNOWN: Final = (
    "it says something in the API's own words, and no dialect knows those of this "
    "recording; declare a dialect (docs/dialects.md)"
)
WORDLESS: Final = NoShapes()
"""Shapes for who has none."""
