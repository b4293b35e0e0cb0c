"""The errors of the reference client: mistakes of its user or of its driver.

A fault of the server or the network never leaves the client as an exception: it becomes
a notice and an honest claim.
"""

from midstream.harness.errors import HarnessError


class ConfigurationError(HarnessError, ValueError):
    """The settings of the client contradict each other, or have a wrong type."""


class EventTooLargeError(HarnessError, ValueError):
    """A stream sent an event that is longer than the limit."""


class DriverError(HarnessError, RuntimeError):
    """The driver answered a command with a value that does not fit it."""
