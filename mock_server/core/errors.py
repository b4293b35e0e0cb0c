"""The errors of the mock server: mistakes of ours or of its user.

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


class DeclarationError(MockServerError, ValueError):
    """A declared dialect cannot be read; the message names file, place and remedy."""


class SettingsError(MockServerError, ValueError):
    """A setting or a fault's argument cannot be used; the message says what can."""


class PortError(MockServerError, OSError):
    """The address to listen on is taken or not allowed."""


class UnknownNameError(MockServerError, LookupError):
    """No thing of that kind has that name; the message suggests the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Take the *kind* of thing, the *name* asked for and the *known* names."""
        super().__init__(kind, name)
        self.kind, self.name = kind, name
        self.known = sorted(known)

    def __str__(self) -> str:
        """Return what is unknown and what would be right."""
        near = get_close_matches(self.name, self.known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else self._some()
        return f"no {self.kind} is called {self.name!r}; {hint}"

    def _some(self) -> str:
        """Return the known names, or the first of them."""
        if not any(self.known):
            return "none of them has a name" if self.known else "there is none"
        more = len(self.known) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        return f"known: {', '.join(self.known[:_SHOWN])}{rest}"


class UnknownSessionError(UnknownNameError):
    """No session is open for an API key, which the message does not repeat."""

    def __init__(self) -> None:
        """Keep the key out: it may be a secret."""
        super().__init__("session", "", ())

    def __str__(self) -> str:
        """Return what is missing and what opens a session."""
        return "no session is open for this API key; open one before you use the key"
