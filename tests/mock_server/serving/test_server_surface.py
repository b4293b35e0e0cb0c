import asyncio
import json

import pytest

from midstream.mock_server import (
    MockServer,
    MockServerError,
    PortError,
    SessionSettings,
    SettingsError,
    UnknownNameError,
)
from tests.mock_server.helpers_server import HEAD, KEY, rig

HEADS: dict[str, tuple[str, bytes, str]] = {
    "no key": ("Host: x\r\n", b" 401 ", "You didn't provide an API key."),
    "a wrong key": (
        "Host: x\r\nAuthorization: Bearer sk-other-secret-key\r\n",
        b" 401 ",
        (
            "Incorrect API key provided: sk-********-key. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        ),
    ),
    "no beta header": (
        HEAD.replace("OpenAI-Beta: assistants=v2\r\n", ""),
        b" 400 ",
        "You must",
    ),
}


@pytest.mark.parametrize(("head", "status", "message"), HEADS.values(), ids=HEADS)
async def test_bad_headers_are_refused(head: str, status: bytes, message: str) -> None:
    """A missing or wrong key is 401, a missing beta header 400."""
    async with rig() as r, r.connect() as sock:
        sock.send("POST", "/v1/threads", None, head)
        answer = await sock.until(b"\n}")
        assert status in answer.split(b"\r\n")[0]
        body = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert body["error"]["message"].startswith(message)


async def test_a_body_over_one_megabyte_is_refused() -> None:
    """The answer is 413, and the server lives on."""
    async with rig() as r:
        async with r.connect() as sock:
            sock.send("POST", "/v1/threads", {"metadata": {"k": "v" * 2**20}})
            assert b" 413 " in await sock.until(b"\r\n")
        async with r.connect() as sock:
            await sock.json("POST", "/v1/threads")


async def test_azure_paths_and_keys_are_served() -> None:
    """Below /openai, with api-key and api-version."""
    head = f"Host: x\r\napi-key: {KEY}\r\nOpenAI-Beta: assistants=v2\r\n"
    async with rig() as r, r.connect() as sock:
        path = "/openai/threads?api-version=2024-05-01-preview"
        sock.send("POST", path, None, head)
        assert b" 200 " in await sock.until(b"\r\n")
        assert r.session.counts()["threads"] == 1


async def test_browsers_may_ask() -> None:
    """A preflight is answered; Authorization is allowed by name, the rest reflected."""
    head = "Host: x\r\nOrigin: http://page\r\nAccess-Control-Request-Headers: x-a\r\n"
    async with rig() as r, r.connect() as sock:
        sock.send("OPTIONS", "/v1/threads", None, head)
        answer = (await sock.until(b"\r\n\r\n")).decode().lower()
        assert "access-control-allow-headers: authorization, x-a\r\n" in answer
        assert "access-control-allow-origin: *\r\n" in answer
        sock.send("POST", "/v1/threads", None, f"{HEAD}Origin: http://page\r\n")
        answer = (await sock.until(b"\n}", len(answer))).decode().lower()
        assert "access-control-allow-origin: *\r\n" in answer


async def test_other_clients_see_the_recorded_headers_alone() -> None:
    """No CORS and no cache-control without an origin."""
    async with rig() as r, r.connect() as sock:
        sock.send("POST", "/v1/threads")
        head = (await sock.until(b"\n}")).decode().lower()
        assert "access-control" not in head
        assert "cache-control" not in head
        assert "openai-processing-ms: " in head


async def test_a_taken_port_is_said_plainly() -> None:
    """The error names the port and what to do."""
    async with MockServer() as server:
        with pytest.raises(
            PortError, match=f"port {server.port} on 127.0.0.1 is in use"
        ):
            await MockServer(port=server.port).__aenter__()


def test_other_machines_are_let_in_only_by_a_flag() -> None:
    """Any address but loopback is refused without it."""
    with pytest.raises(PortError, match="allow_non_loopback"):
        MockServer("0.0.0.0")
    MockServer("0.0.0.0", allow_non_loopback=True)


async def test_any_key_opens_a_session_where_accepted() -> None:
    """In serve mode each new key is an account of its own."""
    settings = SessionSettings(speed=0)
    async with MockServer(accept_any_key=True, default=settings) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"POST /v1/threads HTTP/1.1\r\n{HEAD}\r\n".encode())
        await reader.readuntil(b" 200 ")
        writer.close()
        assert [session.api_key for session in server.sessions()] == [KEY]


def test_an_unknown_cassette_is_told_before_serving() -> None:
    """The nearest name is suggested."""
    settings = SessionSettings(cassettes=("openai_assistants/short_anser",))
    with pytest.raises(UnknownNameError, match="did you mean"):
        MockServer(accept_any_key=True, default=settings)


async def test_an_unknown_key_is_told_without_repeating_it() -> None:
    """A key may be a secret, so the message does not hold it."""
    async with MockServer() as server:
        with pytest.raises(UnknownNameError, match="no session is open") as caught:
            await server.close_session(KEY)
    assert KEY not in str(caught.value)


def test_sessions_are_opened_once_and_speak_one_dialect() -> None:
    """A second session for a key, or a session without cassettes, is our mistake."""
    server = MockServer()
    server.open_session(KEY)
    with pytest.raises(MockServerError, match="already"):
        server.open_session(KEY)
    with pytest.raises(SettingsError, match=r"one dialect.*none"):
        server.open_session("other", SessionSettings(cassettes=()))
