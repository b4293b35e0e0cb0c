"""What can go wrong in the reference client through a mistake of its user or driver.

What a server or a network does wrong is never an exception out of the client: it
becomes a notice and an honest claim.
"""

from midstream.harness.errors import HarnessError


class ConfigurationError(HarnessError, ValueError):
    """The client was asked for two things that exclude each other."""


class EventTooLargeError(HarnessError, ValueError):
    """A stream sent more than the limit without ending its event."""


class DriverError(HarnessError, RuntimeError):
    """Whoever drives the machine gave an answer that does not fit the command."""
