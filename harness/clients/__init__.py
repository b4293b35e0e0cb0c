"""Adapters around the programs under test, one a file, or one a row of a table.

An adapter turns a conversation into operations on what the user sees. It never
hides an error of the program it wraps, and it never makes one up: an exception the
program documents becomes a notice and an honest claim; any other propagates, and
the run records it as a crash. Nothing here judges or knows what faults there are.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol, TypeAlias, runtime_checkable

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.mock_server.core.registry import Registry


class Client(Protocol):
    """The shape of an adapter; one object serves many conversations at once.

    One that keeps something for all its conversations, such as a process, is a
    `ClosableClient` as well, and an `OpenableClient` if starting it takes long.
    """

    def info(self) -> ClientInfo:
        """Return name, version, level and profile.

        Raises:
            UnavailableError: What it wraps is not installed; says how to get it.
        """

    def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold *conversation* and yield what the user sees, as it is seen."""


@runtime_checkable
class ClosableClient(Protocol):
    """A client that holds something beyond a conversation, such as a process."""

    async def aclose(self) -> None:
        """End it all; called in the event loop in which it conversed."""


@runtime_checkable
class OpenableClient(Protocol):
    """A client that starts something before its first conversation, outside of it."""

    async def aopen(self) -> None:
        """Start it; called in the event loop in which it will converse.

        Raises:
            UnavailableError: It cannot be started; says why.
        """


@runtime_checkable
class HeavyClient(Protocol):
    """A client that does not get on beside others, such as a page in a browser.

    Only so many of its runs go on at once that each has *cores* processors.
    """

    cores: int


ClientMaker: TypeAlias = Callable[[], Client]
"""Returns a client, which has started nothing yet."""

CLIENTS: Registry[ClientMaker] = Registry("client", __name__)
