"""Edge: what the master of a load run and its only process have in common: the head."""

from midstream.harness.load.locust_hooks.controller import HeadSide
from midstream.harness.load.locust_hooks.process import LocustProcess, give_up


class HeadNode(LocustProcess):
    """Orders the run, and concludes it once, whether it ends or is ended."""

    _head: HeadSide

    def abandon(self, error: Exception) -> None:
        """Forget the run that *error* hindered, and leave."""
        self._head.abandon()
        give_up(self, error)

    def stop(self) -> None:
        """Let conversations end, hear the last of them, and conclude."""
        if self._head.head.is_on:
            self._conclude(is_interrupted=self._head.is_interrupted)

    def finish(self) -> None:
        """Conclude what is still on, and end what is ours."""
        if self._head.head.is_on:
            self._conclude(is_interrupted=True)
        self._head.close()

    def _conclude(self, *, is_interrupted: bool) -> None:
        """Take note that it is over, hear the last of it, and say what came of it."""
        self._head.end(is_interrupted=is_interrupted)
        self._hear_the_last()
        self._head.conclude()

    def _hear_the_last(self) -> None:
        """Let conversations end, and hear what is still to be told of them."""
        raise NotImplementedError
