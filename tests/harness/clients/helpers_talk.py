"""Conversations of any adapter with the mock server, past no Toxiproxy."""

import importlib.util
from collections.abc import Sequence

import pytest

from midstream.harness.clients import Client
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from tests.harness.reference_client.helpers_mock import KEY, Talk
from tests.needs import is_required

_IS_REQUIRED = is_required("httpx_sse")
_IS_THERE = all(importlib.util.find_spec(name) for name in ("httpx", "httpx_sse"))
needs_httpx_sse = pytest.mark.skipif(
    not _IS_REQUIRED and not _IS_THERE,
    reason="httpx_sse is missing; run: pip install 'midstream[httpx_sse]'",
)
"""Skips without them, unless ``MIDSTREAM_REQUIRE`` has "httpx_sse": then it fails."""


def conversation(talk: Talk, turns: Sequence[str] = ("?",)) -> Conversation:
    """Return a conversation in *talk*'s session; every tool answers 42."""
    return Conversation(
        base_url=talk.base_url,
        api_key=KEY,
        turns=tuple(turns),
        tools={"*": "42"},
        idle_s=10.0,
        total_s=30.0,
    )


async def hold(client: Client, talk: Talk, turns: Sequence[str] = ("?",)) -> list[Op]:
    """Return what the user of *client* sees of a conversation in *talk*'s session."""
    return [op async for op in client.converse(conversation(talk, turns))]
