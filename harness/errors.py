"""What can go wrong in the harness through a mistake of ours or of our user.

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
    """Something the run needs is not there; the message says how to get it."""


class ToxiproxyError(HarnessError, OSError):
    """Toxiproxy refused, hung or died; the message says at what."""


class ProjectionError(HarnessError, RuntimeError):
    """Something that several checkers rest on has failed; the message says how."""
