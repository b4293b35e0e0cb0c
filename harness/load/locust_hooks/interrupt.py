"""Edge: whether the user has pressed Ctrl-C, which Locust does not always tell."""

import signal
from types import FrameType

from gevent import get_hub


class Interrupt:
    """Takes note of SIGINT; it ends the program as it would without.

    Attributes:
        has_come: Whether it has come.
    """

    def __init__(self) -> None:
        """Begin to listen, but where others do, or where the signal is ignored."""
        self.has_come = False
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._take)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        """Let the main greenlet be interrupted where it waits, and no other.

        Raised here, it would be so wherever the signal has found us, with a traceback.
        """
        self.has_come = True
        hub = get_hub()
        assert hub.parent is not None  # noqa: S101 - the main greenlet made it
        hub.loop.run_callback(hub.parent.throw, KeyboardInterrupt())
