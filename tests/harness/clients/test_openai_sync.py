import asyncio
import threading

import pytest

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append
from midstream.mock_server import Injection, Position, StopAtGate
from midstream.mock_server.core.journal import Received
from tests.helpers import until
from tests.mock_server.helpers_server import KEY, Rig, rig

pytestmark = pytest.mark.openai

AT_A_DELTA = Position(event="thread.message.delta", nth=3)
AT_THE_HEAD = Position()


def client() -> Client:
    """Return the client, its SDK imported: that takes a while."""
    made = CLIENTS["openai_python_sync"]()
    made.info()
    return made


def talking() -> list[str]:
    """Return the names of the threads in which a conversation is held."""
    names = (thread.name for thread in threading.enumerate())
    return [name for name in names if name.startswith("openai-sync")]


def conversation(r: Rig, idle_s: float) -> Conversation:
    """Return a conversation whose reads may wait for *idle_s*."""
    return Conversation(
        base_url=r.server.base_url, api_key=KEY, turns=("?",), idle_s=idle_s
    )


def posts(r: Rig) -> int:
    """Return how many requests the server has got."""
    return sum(isinstance(entry, Received) for entry in r.journal)


async def never(_: object) -> None:
    """Let the server wait at its gate for good."""
    await asyncio.Event().wait()


@pytest.mark.process
async def test_a_closed_conversation_leaves_no_thread_behind() -> None:
    """In the middle of an answer: the read is cut short, not waited for."""
    gate = Injection(name="f1", at=AT_A_DELTA, fault=StopAtGate(name="f1"))
    async with rig([gate], never) as r, asyncio.timeout(30):
        ops = client().converse(conversation(r, idle_s=60.0))
        first = await anext(ops)
        assert isinstance(first, Append)
        assert talking()
        await ops.aclose()
        await until(lambda: not talking())
        await until(r.ends)


async def test_a_closed_conversation_asks_no_more() -> None:
    """Before the head: when the read has timed out, the SDK's repetition is refused."""
    gate = Injection(name="f1", at=AT_THE_HEAD, fault=StopAtGate(name="f1"))
    async with rig([gate], never) as r, asyncio.timeout(30):
        ops = client().converse(conversation(r, idle_s=0.3))
        asking = asyncio.ensure_future(anext(ops))
        await until(r.session.runs)
        before = posts(r)
        asking.cancel()
        await asyncio.wait({asking})
        await until(lambda: not talking())
        assert posts(r) == before


async def test_events_come_in_their_order_and_none_is_lost() -> None:
    """The thread shows what the asynchronous SDK shows, piece by piece."""
    shown: list[list[str]] = []
    for name in ("openai_python", "openai_python_sync"):
        async with rig() as r:
            ops = CLIENTS[name]().converse(conversation(r, idle_s=10.0))
            shown.append([op.text async for op in ops if isinstance(op, Append)])
    assert len(shown[0]) > 1
    assert shown[0] == shown[1]
