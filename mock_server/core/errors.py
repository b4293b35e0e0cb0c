"""What can go wrong in the mock server through a mistake of ours or of our user.

What the *client under test* does wrong is never an exception: it is an error
response and a record in the journal.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from midstream.errors import MidstreamError

_SHOWN = 12


class MockServerError(MidstreamError):
    """Base of all errors this package raises."""


class CassetteError(MockServerError, ValueError):
    """A cassette cannot be read; the message names the file, line and remedy."""


class SettingsError(MockServerError, ValueError):
    """A setting or a fault's argument is not usable; the message says what would be."""


class PortError(MockServerError, OSError):
    """The address to listen on is taken or not allowed."""


class UnknownNameError(MockServerError, LookupError):
    """No thing of that kind has that name; the message suggests the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Word the message from the *kind* of thing and the *known* names."""
        super().__init__(kind, name)
        self.kind, self.name = kind, name
        self.known = sorted(known)

    def __str__(self) -> str:
        """Say what is unknown and what would be right."""
        near = get_close_matches(self.name, self.known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else self._some()
        return f"no {self.kind} is called {self.name!r}; {hint}"

    def _some(self) -> str:
        """List what there is, or the beginning of it."""
        more = len(self.known) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        return f"known: {', '.join(self.known[:_SHOWN])}{rest}"
