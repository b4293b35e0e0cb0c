"""Adapters around the programs under test, one a file, or one a row of a table.

An adapter turns a conversation into operations on the text that the user sees. It never
hides an error of the program that it wraps, and never invents one: an exception that
the program documents becomes a notice and an honest claim; any other one propagates,
and the run records it as a crash. Nothing here judges or knows the faults of a run.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol, TypeAlias, runtime_checkable

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.mock_server.core.registry import Registry


class Client(Protocol):
    """An adapter; one object serves many conversations at once.

    An adapter that keeps something between conversations, such as a process, is also a
    `ClosableClient`, and an `OpenableClient` if that takes long to start.
    """

    def info(self) -> ClientInfo:
        """Return name, version, level and profile.

        Raises:
            UnavailableError: The wrapped program is not installed; says how to get it.
        """

    def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold *conversation* and yield what the user sees, as it happens."""


@runtime_checkable
class ClosableClient(Protocol):
    """A client that keeps something between conversations, such as a process."""

    async def aclose(self) -> None:
        """End it; called in the event loop in which the client conversed."""


@runtime_checkable
class OpenableClient(Protocol):
    """A client that starts something before its first conversation."""

    async def aopen(self) -> None:
        """Start it; called in the event loop in which the client will converse.

        Raises:
            UnavailableError: It cannot be started; says why.
        """


@runtime_checkable
class HeavyClient(Protocol):
    """A client that needs a lot of CPU time, such as a page in a browser.

    The number of its runs at once is limited so that each has *cores* processors.
    """

    cores: int


ClientMaker: TypeAlias = Callable[[], Client]
"""Returns a client, which has started nothing yet."""

CLIENTS: Registry[ClientMaker] = Registry("client", __name__)
