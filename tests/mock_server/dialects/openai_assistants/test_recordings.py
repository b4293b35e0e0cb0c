import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.core import sse
from midstream.mock_server.library import import_vcr
from midstream.mock_server.recordings.cassette import Cassette, Exchange
from tests.mock_server.dialects.openai_assistants.helpers_recordings import Renamer

pytestmark = pytest.mark.recordings

STREAMED = [
    "assistants_text",
    "assistants_function_tool",
    "assistants_file_search_citations",
    "assistants_code_interpreter_new_thread",
    "assistants_code_interpreter_existing",
    "assistants_incomplete_max_tokens",
]
OTHER_PROVIDERS = [
    "responses_hello",
    "responses_text",
    "responses_function_call",
    "responses_background_resume",
    "chat_completions_text",
]
HEAD = {"authorization": "Bearer k", "openai-beta": "assistants=v2"}
CREATED = "thread.run.created"
CONTENTS = "step_details.tool_calls[*].file_search.results[*].content"


def _cassette(recordings: Path, name: str) -> Cassette:
    text = (recordings / f"{name}.yaml").read_text(encoding="utf-8")
    return import_vcr(text, title=name)


class Replay:
    """A client that repeats the recorded requests, with live ids."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        """Talk to the server at *base_url*."""
        self._http, self._base_url = http, base_url

    async def json(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 (JSON)
        """Send a request and return the JSON of its answer."""
        return json.loads(await self.body(method, path, body))

    async def body(self, method: str, path: str, sent: object = None) -> bytes:
        """Send a request and return the body of its answer."""
        url = f"{self._base_url}{path}"
        async with self._http.request(method, url, json=sent, headers=HEAD) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def first(self, recorded: Exchange) -> bytes:
        """Create the assistant and the run as recorded; return the stream."""
        body = dict(recorded.request or {})
        run = json.loads(
            next(e.data for e in recorded.events() if "run.cr" in str(e.name))
        )
        made = {k: run[k] for k in ("model", "instructions", "tools") if k in run}
        body["assistant_id"] = (await self.json("POST", "/assistants", made))["id"]
        query = f"?include[]={CONTENTS}"
        if recorded.path.startswith("/v1/threads/runs"):
            return await self.body("POST", f"/threads/runs{query}", body)
        said = {"messages": [{"role": "user", "content": "Well?"}]}
        thread = await self.json("POST", "/threads", said)
        path = f"/threads/{thread['id']}/runs{query}"
        return await self.body("POST", path, body)

    async def submit(self, recorded: Exchange, before: Any) -> bytes:  # noqa: ANN401 (JSON)
        """Submit the recorded outputs under the live call ids; return the stream."""
        action = before["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [
            {"tool_call_id": call["id"], "output": given["output"]}
            for call, given in zip(action, _outputs(recorded), strict=True)
        ]
        path = f"/threads/{before['thread_id']}/runs/{before['id']}"
        body = {"tool_outputs": outputs, "stream": True}
        return await self.body("POST", f"{path}/submit_tool_outputs", body)


def _outputs(recorded: Exchange) -> Any:  # noqa: ANN401 (JSON)
    return (recorded.request or {})["tool_outputs"]


def _events(body: bytes) -> list[tuple[str | None, Any]]:
    return [
        (name, None if data == "[DONE]" else json.loads(data))
        for name, data in sse.frames(body)
    ]


async def _replay(cassette: Cassette, client: Replay) -> list[tuple[str | None, Any]]:
    """Hold the recorded conversation; return the events of all its streams."""
    first, *more = _streams(cassette)
    got = _events(await client.first(first))
    for stream in more:
        got += _events(await client.submit(stream, got[-2][1]))
    return got


def _streams(cassette: Cassette) -> tuple[Exchange, ...]:
    """Return the streams of the first conversation; one file holds two."""
    streams = cassette.streams()
    return streams[:1] if "incomplete" in cassette.title else streams


@pytest.mark.parametrize("name", STREAMED)
async def test_a_recorded_conversation_replays(recordings: Path, name: str) -> None:
    """Each event received equals the recorded one, but for ids and times."""
    cassette = _cassette(recordings, name)
    settings = SessionSettings(speed=0, shape="recorded")
    async with MockServer() as server, aiohttp.ClientSession() as http:
        server.open_session("k", settings, cassettes=[cassette])
        got = await _replay(cassette, Replay(http, server.base_url))
    wanted = [event for stream in _streams(cassette) for event in _events(stream.body)]
    assert [n for n, _ in got] == [n for n, _ in wanted]
    live, recorded = Renamer(), Renamer()
    for (event, obj), (_, original) in zip(got, wanted, strict=True):
        assert live(obj) == recorded(original), event


@pytest.mark.parametrize("name", STREAMED)
async def test_a_replayed_conversation_reads_back(recordings: Path, name: str) -> None:
    """After the stream, run and assistant messages are those of its last events."""
    cassette = _cassette(recordings, name)
    async with MockServer() as server, aiohttp.ClientSession() as http:
        server.open_session("k", SessionSettings(speed=0), cassettes=[cassette])
        client = Replay(http, server.base_url)
        got = await _replay(cassette, client)
        run = got[-2][1]
        path = f"/threads/{run['thread_id']}"
        read = await client.json("GET", f"{path}/runs/{run['id']}")
        listed = await client.json("GET", f"{path}/messages?run_id={run['id']}")
    assert (read["status"], read["usage"]) == (run["status"], run["usage"])
    last = {o["id"]: o for _, o in got if o and o.get("object") == "thread.message"}
    assert last
    assert {m["id"]: m["content"] for m in listed["data"]} == {
        key: obj["content"] for key, obj in last.items()
    }


@pytest.mark.parametrize("name", OTHER_PROVIDERS)
async def test_another_provider_replays_byte_by_byte(
    recordings: Path, name: str
) -> None:
    """Whatever the provider, each response is the recorded one to the byte."""
    cassette = _cassette(recordings, name)
    async with MockServer() as server, aiohttp.ClientSession() as http:
        server.open_session("k", SessionSettings(speed=0), cassettes=[cassette])
        for exchange in cassette.exchanges:
            url = f"http://127.0.0.1:{server.port}{exchange.path}"
            async with http.request(
                exchange.method, url, json=exchange.request, headers=HEAD
            ) as answer:
                assert answer.status == exchange.status
                assert await answer.read() == exchange.body
                assert answer.content_type in exchange.headers["content-type"]
        assert cassette.exchanges


async def test_what_is_not_recorded_is_told_with_what_is(recordings: Path) -> None:
    """The last answer repeats; another request is a 404 that lists the others."""
    cassette = _cassette(recordings, "responses_hello")
    first = cassette.exchanges[0]
    async with MockServer() as server, aiohttp.ClientSession() as http:
        server.open_session("k", SessionSettings(speed=0), cassettes=[cassette])
        url = f"http://127.0.0.1:{server.port}{first.path}"
        for status in (first.status, first.status):
            async with http.post(url, headers=HEAD, json={}) as answer:
                assert answer.status == status
        async with http.post(f"{server.base_url}/nowhere", headers=HEAD) as answer:
            message = (await answer.json())["error"]["message"]
        assert f"recorded: POST {first.path.removeprefix('/v1')} (1)" in message
