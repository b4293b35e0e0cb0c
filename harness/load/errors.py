"""The errors of the load part: mistakes of ours or of our user."""

from midstream.harness.errors import HarnessError


class LoadError(HarnessError):
    """Base of all errors this package raises."""


class StormError(LoadError, ValueError):
    """A storm is missing or has a mistake; the message says file, place and remedy."""


class GateError(LoadError, ValueError):
    """A gate or a limit cannot be understood; the message points at the word."""


class ReportLostError(LoadError, ValueError):
    """A worker's report cannot be read; the message says whose and why."""
