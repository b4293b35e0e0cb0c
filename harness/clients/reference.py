"""The reference client of `harness/reference_client`, as a client under test.

It reports all of its operations (level 2). Its limits are scaled to the times of the
conversation.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from midstream.harness import __version__
from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.reference_client.limits import Limits
from midstream.mock_server.recordings.cassette import ASSISTANTS

from . import CLIENTS

_ATTEMPTS_MAX = 5
_RETRY_AFTER_CAP_S = 10.0


@CLIENTS.register
class Reference:
    """Streams, and reads back what it missed."""

    def info(self) -> ClientInfo:
        """Return name, version, level and profile."""
        return ClientInfo(
            name="reference",
            version=__version__,
            level=2,
            profile=Profile(
                recovery=("poll",),
                display="may_replace",
                attempts_max=_ATTEMPTS_MAX,
                retry_after_cap_s=_RETRY_AFTER_CAP_S,
                timeouts=("head", "idle", "turn"),
            ),
            capabilities=("tools", "attempts"),
            dialects=(ASSISTANTS,),
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold *conversation*, streaming."""
        # Brings aiohttp, which a load generator has no use for.
        from midstream.harness.reference_client.driving.client import (  # noqa: PLC0415
            ReferenceClient,
        )

        client = ReferenceClient(
            conversation.base_url,
            conversation.api_key,
            request={"stream": True},
            tools={
                name: _canned(output) for name, output in conversation.tools.items()
            },
            limits=limits_of(conversation),
            seed=conversation.seed,
        )
        async with aclosing(client.converse(conversation.turns)) as ops:
            async for op in ops:
                yield op


def limits_of(conversation: Conversation) -> Limits:
    """Return how long and how often the client tries in *conversation*."""
    return Limits(
        idle_s=conversation.idle_s,
        total_s=conversation.total_s,
        connect_s=conversation.idle_s,
        poll_s=min(1.0, conversation.idle_s / 10),
        backoff_base_s=0.1,
        backoff_max_s=1.0,
        retry_after_cap_s=_RETRY_AFTER_CAP_S,
        attempts_max=_ATTEMPTS_MAX,
    )


def _canned(output: str) -> Callable[[str], str]:
    return lambda _arguments: output
