"""What the Node adapters leave behind when a job ends: no connection, no process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from midstream.harness.clients._node import OpenAIForNode
from midstream.harness.path.tap import Tap
from midstream.harness.record.history import Crossed, Ended, Opened
from midstream.harness.record.ops import Append
from midstream.mock_server import FAULTS, Injection, Position
from tests.harness.clients.helpers_talk import conversation, hold
from tests.harness.reference_client.helpers_mock import Talk, shown, talking, truth
from tests.harness.runtimes.node.helpers_node import needs_packages
from tests.helpers import until

pytestmark = [needs_packages, pytest.mark.process]

SILENCE = Injection(
    name="f1",
    at=Position(event="thread.message.delta", nth=4),
    fault=FAULTS["stall"](),
)
SOON_S = 2.0
"""Less than the four seconds for which Node's fetch keeps an idle connection."""


def made() -> OpenAIForNode:
    """Return an adapter of the older release, which has connections of its own."""
    return OpenAIForNode("node", "6.49.0", "helper", retry_after_cap_s=None)


@dataclass
class Watch:
    """Counts the connections to a talk; *by_client*: those that the client ended."""

    talk: Talk
    opened: int = 0
    by_client: int = 0

    def note(self, body: Opened | Crossed | Ended) -> None:
        """Count."""
        self.opened += isinstance(body, Opened)
        self.by_client += isinstance(body, Ended) and body.who == "client"

    def all_ended(self) -> bool:
        """Whether the client has ended all that it had opened."""
        return self.opened == self.by_client > 0


@asynccontextmanager
async def watching(*injections: Injection) -> AsyncIterator[Watch]:
    """Put a tap before a talk."""
    async with talking(injections=injections) as talk:
        watch = Watch(talk)
        port = int(talk.base_url.removesuffix("/v1").rpartition(":")[2])
        async with Tap(port, watch.note) as tap:
            watch.talk = replace(talk, base_url=f"http://127.0.0.1:{tap.port}/v1")
            yield watch


def alive(pid: int) -> bool:
    """Whether the process *pid* runs."""
    return Path(f"/proc/{pid}").exists()


async def test_the_connections_end_with_the_job() -> None:
    """They do not linger in the pool of a process that has more jobs to come."""
    async with aclosing(made()) as client, watching() as watch:
        await hold(client, watch.talk)
        await until(watch.all_ended, SOON_S)


async def test_leaving_in_the_middle_ends_connection_and_job() -> None:
    """A job that hears nothing is cancelled, and its process serves the next one."""
    async with aclosing(made()) as client, watching(SILENCE) as watch:
        async with (
            asyncio.timeout(20),
            aclosing(client.converse(conversation(watch.talk))) as ops,
        ):
            assert isinstance(await anext(ops), Append)
        await until(watch.all_ended, SOON_S)
        async with talking() as another:
            assert shown(await hold(client, another)) == truth("short_answer")


async def test_closing_ends_the_processes() -> None:
    """After aclose nothing of the client runs."""
    client = made()
    async with talking() as talk:
        await hold(client, talk)
    assert client._program is not None
    (speaker,) = client._program._speakers
    pid = speaker._child.pid
    assert alive(pid)
    await client.aclose()
    assert not alive(pid)
