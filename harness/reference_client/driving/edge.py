"""Makes the core's calls over HTTP with aiohttp: requests in, values out, no decisions.

Every failure of a request becomes a value. aiohttp itself repeats an idempotent request
once if a kept-alive connection turns out to be dead; it never repeats a POST.
"""

import asyncio
import time

import aiohttp
import msgspec
from yarl import URL

from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.values import (
    Bytes,
    Call,
    Failed,
    ReadMore,
    Response,
    StreamEnded,
    StreamStarted,
    TimedOut,
)

_BODY_MAX_BYTES = 64 << 20
_LINGER_S = 0.1
"""How long an unneeded stream may take to end, so that its connection is reused."""


class Edge:
    """The connections of one conversation; `close` closes them all.

    Args:
        base_url: The address of the API, without a slash at its end.
        api_key: Goes into the Authorization header, and nowhere else.
        limits: Say how long opening a connection may take.
    """

    def __init__(self, base_url: str, api_key: str, limits: Limits) -> None:
        self._base_url = base_url
        self._stream: aiohttp.ClientResponse | None = None
        self._session = aiohttp.ClientSession(
            headers={
                "Authorization": f"Bearer {api_key}",
                "OpenAI-Beta": "assistants=v2",
                "Accept-Encoding": "identity",
            },
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_s),
        )

    async def close(self) -> None:
        """End the stream and close all connections."""
        await self._leave_stream()
        await self._session.close()

    async def call(self, call: Call) -> Response | StreamStarted | Failed:
        """Make a request; see `Call`."""
        await self._leave_stream()
        headers = {"Accept": "text/event-stream" if call.is_stream else "*/*"}
        data = None
        if call.body is not None:
            data = msgspec.json.encode(call.body)
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(call.timeout_s):
                response = await self._session.request(
                    call.method,
                    URL(self._base_url + call.path, encoded=True),
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                )
            if call.is_stream and _is_event_stream(response):
                self._stream = response
                return StreamStarted()
            async with response:
                return await _whole(response, call.timeout_s)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return failure(error)

    async def read(self, more: ReadMore) -> Bytes | StreamEnded | TimedOut:
        """Read more of the stream; see `ReadMore`."""
        if self._stream is None:
            return StreamEnded("torn", "there is no stream")
        try:
            async with asyncio.timeout(more.idle_s):
                data = await self._stream.content.readany()
        except TimeoutError:
            return TimedOut()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return StreamEnded("torn", _text(error))
        return Bytes(data) if data else StreamEnded("clean")

    async def _leave_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            async with asyncio.timeout(_LINGER_S):
                while await stream.content.readany():
                    pass
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            stream.close()
        else:
            stream.release()


async def _whole(response: aiohttp.ClientResponse, idle_s: float) -> Response:
    """Read a response to its end; each piece must come within *idle_s*.

    Raises:
        ValueError: The body is longer than `_BODY_MAX_BYTES`.
    """
    body = bytearray()
    while True:
        async with asyncio.timeout(idle_s):
            piece = await response.content.readany()
        if not piece:
            break
        body += piece
        if len(body) > _BODY_MAX_BYTES:
            raise ValueError(f"a body is longer than {_BODY_MAX_BYTES} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status, headers, bytes(body), time.time())


def _is_event_stream(response: aiohttp.ClientResponse) -> bool:
    is_ok = response.status == 200  # noqa: PLR2004 - the one status a stream has
    return is_ok and response.content_type == "text/event-stream"


def failure(error: Exception) -> Failed:
    """Return what *error* means, above all whether the request may have been sent."""
    text = _text(error)
    match error:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Failed("refused", is_sent=False, text=text)
        case aiohttp.InvalidURL():
            return Failed("refused", is_sent=False, text=text)
        case TimeoutError():
            return Failed("timeout", is_sent=True, text=text)
        case aiohttp.ServerDisconnectedError():
            return Failed("closed", is_sent=True, text=text)
        case OSError() | aiohttp.ClientPayloadError():
            return Failed("reset", is_sent=True, text=text)
        case _:
            return Failed("garbled", is_sent=True, text=text)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
