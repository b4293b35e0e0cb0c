import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import msgspec
import pytest

from midstream.mock_server import MockServer, Position, SessionSettings, load
from midstream.mock_server.control import channel as control_channel
from midstream.mock_server.control.admin import Admin
from midstream.mock_server.control.messages import (
    InjectionOrder,
    News,
    Noted,
    Open,
    Order,
    Over,
    Refused,
    SessionOpened,
    Shut,
    Sync,
    Synced,
    TextPlannedAs,
    TextTable,
)
from midstream.mock_server.core.journal import FaultFired, ResponseEnd, RunStatus
from tests.helpers import until
from tests.mock_server.helpers_server import END, KEY, Socket, start_run

SETTINGS = SessionSettings(speed=0)


class Generator:
    """The load generator's end of a channel: all that it was told, in order."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.news: list[News] = []

    async def say(self, order: Order) -> None:
        """Give an order."""
        await self._socket.send_str(msgspec.json.encode(order).decode())

    async def hear(self, kind: type) -> Any:  # noqa: ANN401 (any kind of news)
        """Return the first news of *kind*, waiting for it if need be."""
        async with asyncio.timeout(10):
            while not (found := [n for n in self.news if isinstance(n, kind)]):
                self.news += msgspec.json.decode(
                    await self._socket.receive_str(), type=list[News]
                )
        return found[0]

    def noted(self, kind: type) -> list[Any]:
        """Return the entries of *kind* that the journal has told."""
        told = [n.entry for n in self.news if isinstance(n, Noted)]
        return [entry for entry in told if isinstance(entry, kind)]


@asynccontextmanager
async def channel() -> AsyncIterator[tuple[MockServer, Generator]]:
    """Return a server under load and a channel to it."""
    async with (
        MockServer() as server,
        Admin(server) as admin,
        aiohttp.ClientSession() as http,
        http.ws_connect(
            f"{admin.url}/control", headers={"authorization": f"Bearer {admin.token}"}
        ) as socket,
    ):
        yield server, Generator(socket)


async def converse(server: MockServer, mark: bytes = END) -> None:
    """Hold a conversation with the open session, up to *mark*."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    sock = Socket(reader, writer)
    await sock.until(mark, await start_run(sock))
    writer.close()


async def test_a_conversation_is_opened_heard_and_shut() -> None:
    """The journal comes in order, the truth with it, and the last word behind it."""
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS))
        assert (await generator.hear(SessionOpened)).key == KEY
        await converse(server)
        await generator.say(Shut(key=KEY))
        over = await generator.hear(Over)
        assert list(over.runs.values()) == ["completed"]
        assert generator.news[-1] is over
        (planned,) = generator.noted(TextPlannedAs)
        (texts,) = [n for n in generator.news if isinstance(n, TextTable)]
        assert texts.number == planned.number
        assert texts.texts == load("openai_assistants/short_answer").tokens
        assert server.sessions() == []


async def test_a_text_is_said_once_and_then_by_number() -> None:
    """However many conversations have it."""
    async with channel() as (server, generator):
        for number in range(3):
            await generator.say(Open(key=KEY, settings=SETTINGS))
            await generator.hear(SessionOpened)
            await converse(server)
            await generator.say(Shut(key=KEY))
            await generator.hear(Over)
            heard, generator.news = generator.news, []
            assert sum(isinstance(n, TextTable) for n in heard) == (number == 0)


async def test_all_that_has_happened_is_said_when_it_is_asked_for() -> None:
    """Also what the server would only have found out when somebody looked."""
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS))
        await generator.hear(SessionOpened)
        await converse(server)
        await generator.say(Sync(key=KEY, number=7))
        assert (await generator.hear(Synced)).number == 7
        statuses = [said.status for said in generator.noted(RunStatus)]
        assert statuses[-1] == "completed"


async def test_faults_come_with_the_session() -> None:
    """They are named, placed and set as in a scenario, and journal when they fire."""
    inject = InjectionOrder(
        name="f1",
        kind="early_end",
        at=Position(event="thread.message.delta", nth=3),
    )
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS, injections=(inject,)))
        await generator.hear(SessionOpened)
        await converse(server, b"\r\n0\r\n\r\n")
        await generator.say(Shut(key=KEY))
        await generator.hear(Over)
        assert [fired.fault for fired in generator.noted(FaultFired)] == ["f1"]


REFUSED = {
    "no fault of that name": InjectionOrder(name="f", kind="erly_end", at=Position()),
    "no argument of that name": InjectionOrder(
        name="f", kind="stall", at=Position(), args={"secs": 1}
    ),
}


@pytest.mark.parametrize("inject", REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_done_is_refused(inject: InjectionOrder) -> None:
    """With the reason; nothing is opened, and the channel lives on."""
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS, injections=(inject,)))
        refused = await generator.hear(Refused)
        assert inject.kind in refused.text
        assert server.sessions() == []
        await generator.say(Open(key=KEY, settings=SETTINGS))
        await generator.hear(SessionOpened)


async def test_another_channels_session_cannot_be_shut() -> None:
    """A key that this channel has not opened is none of its business."""
    async with channel() as (server, generator):
        server.open_session(KEY, SETTINGS)
        await generator.say(Shut(key=KEY))
        assert KEY not in (await generator.hear(Refused)).text
        assert len(server.sessions()) == 1


async def test_what_a_channel_has_opened_ends_with_it() -> None:
    """A load generator that dies leaves no session behind."""
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS))
        await generator.hear(SessionOpened)
        await generator._socket.close()
        await until(lambda: server.sessions() == [])


async def test_rubbish_closes_the_channel_with_a_reason() -> None:
    """It is the load generator's mistake, so it is told."""
    async with channel() as (_, generator):
        await generator._socket.send_str('{"type":"open","kee":"x"}')
        message = await generator._socket.receive()
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert "kee" in (message.extra or "")


async def test_a_session_that_loses_its_client_is_shut_all_the_same() -> None:
    """The stream broke off; the run says the rest before the last word."""
    async with channel() as (server, generator):
        slow = SessionSettings(speed=0.5)
        await generator.say(Open(key=KEY, settings=slow))
        await generator.hear(SessionOpened)
        await converse(server, b"thread.message.delta")
        await generator.say(Shut(key=KEY))
        over = await generator.hear(Over)
        assert list(over.runs.values()) == ["completed"]
        assert [end.how for end in generator.noted(ResponseEnd)][-1] == "gone"


async def test_a_generator_that_does_not_read_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What waits for it does not grow for ever; its sessions end with its channel."""
    monkeypatch.setattr(control_channel, "_WAITING_MAX", 50)
    async with channel() as (server, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS))
        await generator.hear(SessionOpened)
        with suppress(ConnectionError):  # once it is given up
            for number in range(1000):  # far more than any buffer on the way holds
                await generator.say(Sync(key="k" * 500_000, number=number))
        await until(lambda: server.sessions() == [])


async def test_a_generator_that_reads_may_ask_for_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It counts what waits, not what was said."""
    monkeypatch.setattr(control_channel, "_WAITING_MAX", 50)
    async with channel() as (_, generator):
        await generator.say(Open(key=KEY, settings=SETTINGS))
        for number in range(200):
            await generator.say(Sync(key=KEY, number=number))
            assert (await generator.hear(Synced)).number == number
            generator.news.clear()
