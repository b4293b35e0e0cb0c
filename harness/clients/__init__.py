"""Adapters around the programs under test, one a file.

An adapter turns a conversation into operations on what the user sees. It never
hides an error of the program it wraps, and it never makes one up: an exception the
program documents becomes a notice and an honest claim; any other propagates, and
the runner records it as a crash.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.ops import Op
from midstream.harness.registry import Registry


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the client is asked to do.

    Attributes:
        base_url: Where the API is, with ``/v1``, no slash at the end.
        api_key: The key that names the run's session on the server.
        turns: What the user says, in order; each waits for the answer before.
        tools: Canned outputs by function name; the key "*" serves all others.
        idle_s: How long the client may wait for the next byte.
        total_s: How long one turn may take before an honest client gives up.
        seed: For whatever the client draws at random, such as jitter.
    """

    base_url: str
    api_key: str
    turns: tuple[str, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    idle_s: float = 2.0
    total_s: float = 10.0
    seed: int = 0


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


CLIENTS: Registry[type[Client]] = Registry("client", __name__)
