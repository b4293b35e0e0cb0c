"""The errors of the harness: mistakes of ours or of our user.

What the client under test does wrong is data in the history, never an exception.
"""

from midstream.errors import MidstreamError


class HarnessError(MidstreamError):
    """Base of all errors this package raises."""


class ScenarioError(HarnessError, ValueError):
    """A scenario's author made a mistake; the message says file, place and remedy."""


class HistoryError(HarnessError, ValueError):
    """A stored run cannot be read; the message says file, line and what is wrong."""


class UnavailableError(HarnessError, OSError):
    """Something that a run needs is missing; the message says how to get it."""


class ToxiproxyError(HarnessError, OSError):
    """Toxiproxy refused, hung or died; the message says during what."""


class ProjectionError(HarnessError, RuntimeError):
    """A projection that several checkers need has failed; the message says how."""
