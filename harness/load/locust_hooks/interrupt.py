"""Edge: notes whether the user has pressed Ctrl-C; Locust does not always say so."""

import signal
from types import FrameType

from gevent import get_hub


class Interrupt:
    """Notes SIGINT, which still ends the program as usual.

    Attributes:
        has_come: Whether the signal has arrived.
    """

    def __init__(self) -> None:
        """Install the handler, unless another one is installed or SIGINT is ignored."""
        self.has_come = False
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._take)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt in the main greenlet, where it waits.

        Raised here, it would hit whichever greenlet runs, and print a traceback.
        """
        self.has_come = True
        hub = get_hub()
        assert hub.parent is not None  # noqa: S101 - the main greenlet made it
        hub.loop.run_callback(hub.parent.throw, KeyboardInterrupt())
