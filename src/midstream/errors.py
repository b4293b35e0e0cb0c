"""The base of all errors of ours, below the three packages, so that all can have it.

Nothing else lives here: each package says in a module of its own what can go wrong
in it.
"""


class MidstreamError(Exception):
    """A mistake of ours or of our user; the message says what, where and what to do.

    What a client under test does wrong is never an exception: it is in the history.
    """
