import asyncio
from collections.abc import AsyncGenerator
from typing import ClassVar

import pytest

from midstream.harness.clients import Client
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.runs.slots import RunSlots


class Light:
    """A client that gets on beside others."""

    def info(self) -> ClientInfo:
        """Return its name."""
        return ClientInfo(name="light", version="1", level=0)

    def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Never be asked to."""
        raise AssertionError(conversation)


class Heavy(Light):
    """A client that needs two processors."""

    cores: ClassVar[int] = 2


class Crowd:
    """Runs that go on until they are told to end."""

    def __init__(self, room: RunSlots, clients: list[Client]) -> None:
        self.inside: list[Client] = []
        self.end = asyncio.Event()
        self.tasks = [asyncio.create_task(self._run(room, c)) for c in clients]

    async def _run(self, room: RunSlots, client: Client) -> None:
        async with room.enter(client):
            self.inside.append(client)
            await self.end.wait()

    async def settle(self) -> list[str]:
        """Return who is inside, once all who can enter have entered."""
        for _ in self.tasks:
            await asyncio.sleep(0)
        return [type(client).__name__ for client in self.inside]

    async def leave(self) -> None:
        """Let all of them run, one after another, and end."""
        self.end.set()
        await asyncio.gather(*self.tasks)


@pytest.mark.parametrize(
    ("processors", "inside"), [(1, 1), (2, 1), (3, 1), (4, 2), (64, 3)]
)
async def test_heavy_runs_go_on_only_where_there_are_processors(
    processors: int, inside: int
) -> None:
    """Each has its two, but one goes on in any case, and never more than asked for."""
    crowd = Crowd(RunSlots(3, processors), [Heavy() for _ in range(5)])
    assert await crowd.settle() == ["Heavy"] * inside
    await crowd.leave()
    assert len(crowd.inside) == 5


async def test_light_runs_fill_the_room() -> None:
    """As many as asked for, however many processors there are."""
    crowd = Crowd(RunSlots(3, 1), [Light() for _ in range(5)])
    assert await crowd.settle() == ["Light"] * 3
    await crowd.leave()


async def test_a_heavy_run_that_waits_keeps_no_light_one_waiting() -> None:
    """It takes its place among all only when it can begin."""
    clients: list[Client] = [Heavy(), Heavy(), Heavy(), Light(), Light()]
    crowd = Crowd(RunSlots(3, 2), clients)
    assert await crowd.settle() == ["Heavy", "Light", "Light"]
    await crowd.leave()
