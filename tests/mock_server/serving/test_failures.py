"""A failure of the server itself is in the journal, and no other session's affair."""

from typing import Any, NoReturn

import pytest

from midstream.mock_server import SessionSettings
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Entry, ServerFailed
from midstream.mock_server.dialects.openai_assistants import OpenAIAssistants
from tests.helpers import until
from tests.mock_server.helpers_server import END, HEAD, KEY, Rig, rig, start_run

DELTA = "thread.message.delta"
OTHER = "sk-other"
FIRST = 5


def fail(*_: object, **__: object) -> NoReturn:
    """Fail as a mistake of ours would."""
    raise KeyError("assistant")


def failures(journal: list[Entry]) -> list[ServerFailed]:
    """Return what failed."""
    return [entry for entry in journal if isinstance(entry, ServerFailed)]


def break_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each log fail behind its first entries."""
    publish_to = EventLog.publish_to

    def some(log: EventLog, stop: int) -> None:
        if stop > FIRST:
            fail()
        publish_to(log, stop)

    monkeypatch.setattr(EventLog, "publish_to", some)


async def serves_another(r: Rig) -> bool:
    """Say whether another session gets its whole answer, and journals no failure."""
    journal: list[Entry] = []
    r.server.open_session(OTHER, SessionSettings(speed=0.0), journal=journal.append)
    async with r.connect() as sock:
        head = HEAD.replace(KEY, OTHER)
        body = {"messages": [{"role": "user", "content": "Well?"}]}
        sock.send("POST", "/v1/threads", body, head)
        await sock.until(b"200 OK")
    return not failures(journal)


async def test_who_fails_to_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets a 500; the journal says that it is ours, and of which request."""
    async with rig() as r, r.connect() as sock:
        with monkeypatch.context() as broken:
            broken.setattr(OpenAIAssistants, "respond", fail)
            sock.send("POST", "/v1/assistants", {"model": "m"})
            await sock.until(b"500 Internal Server Error")
        assert failures(r.journal) == [
            ServerFailed(text="KeyError: 'assistant'", req=1)
        ]
        assert await serves_another(r)


@pytest.mark.parametrize("speed", [0.0, 20.0], ids=["at once", "paced"])
async def test_who_fails_to_play_ends_the_response(
    monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    """Its client does not wait for ever, and the wheel turns on for all others."""
    break_logs(monkeypatch)
    async with rig(speed=speed) as r, r.connect() as sock:
        await start_run(sock)
        assert END not in await sock.rest()
        found = failures(r.journal)
        assert {entry.text for entry in found} == {"KeyError: 'assistant'"}
        assert {entry.req for entry in found} == {None, 2}
        assert await serves_another(r)


async def test_a_log_that_nobody_follows_fails_aloud(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What would have been read later is missing because of us."""
    break_logs(monkeypatch)
    async with rig() as r, r.connect() as sock:
        assistant: Any = await sock.json("POST", "/v1/assistants", {"model": "m"})
        thread = {"messages": [{"role": "user", "content": "Well?"}]}
        body = {"assistant_id": assistant["id"], "thread": thread}
        await sock.json("POST", "/v1/threads/runs", body)
        await until(lambda: bool(failures(r.journal)))
        assert failures(r.journal)[0].req is None


async def test_what_a_client_does_wrong_is_no_failure() -> None:
    """Neither a request without sense, nor leaving in mid-stream."""
    async with rig(speed=5.0) as r:
        async with r.connect() as sock:
            await sock.json("POST", "/v1/threads/none/runs", {"nonsense": 1})
            await sock.until(DELTA.encode(), await start_run(sock))
        await until(lambda: [end.how for end in r.ends()][-1] == "gone")
        assert failures(r.journal) == []
