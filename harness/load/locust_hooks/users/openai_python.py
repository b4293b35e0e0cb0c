"""The official openai SDK for Python as most programs use it: synchronous, as shipped.

It shares the code, and so the claims, of the adapter `openai_python`; under gevent that
code never waits for an event loop. Each conversation has an SDK client of its own, as
each person has. They share one TLS context, which takes 40 ms to make and is never
used.
"""

import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from functools import cache
from ssl import SSLContext, create_default_context
from typing import Any, ClassVar

from midstream.harness.clients._openai import MODEL, sdk_info
from midstream.harness.clients._openai_helper import SnapshotTalk
from midstream.harness.load.metrics.stepping import stepped
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import StreamingUser


class OpenAIPythonUser(StreamingUser):
    """The SDK's streaming helper with the defaults it ships with."""

    client_info: ClassVar[ClientInfo] = sdk_info("openai_python")

    def converse(self, conversation: Conversation) -> Iterator[Op]:
        """Hold *conversation* in one thread of the API's."""
        from openai import (  # noqa: PLC0415  # optional, and slow to import
            DefaultHttpxClient,
            OpenAI,
        )

        with OpenAI(
            base_url=conversation.base_url,
            api_key=conversation.api_key,
            timeout=conversation.idle_s,
            http_client=DefaultHttpxClient(verify=_tls()),
        ) as sdk:
            yield from stepped(_Talk(sdk, conversation).hold())


class _Talk(SnapshotTalk):
    """Holds a conversation through the synchronous SDK."""

    async def ask(self, text: str) -> None:
        """Add what the user says to the thread, which the first turn makes."""
        beta = self.sdk.beta
        if not self.thread_id:
            self.assistant_id = beta.assistants.create(model=MODEL).id
            self.thread_id = beta.threads.create().id
        beta.threads.messages.create(self.thread_id, role="user", content=text)

    async def events(self, start: dict[str, Any] | None) -> AsyncGenerator[Any, None]:
        """Yield the helper's events and keep its snapshots, whatever happens."""
        with self.opening(start) as stream:
            try:
                for event in stream:
                    yield event
            finally:
                with suppress(RuntimeError):  # "No messages found": nothing came
                    self.keep(stream.get_final_messages())


@cache
def _tls() -> SSLContext:
    """Return the shared TLS context; also stop the SDK's log line for each request."""
    for name in ("httpx", "httpx2", "openai"):  # Locust sets all to INFO
        logging.getLogger(name).setLevel(logging.WARNING)
    return create_default_context()
