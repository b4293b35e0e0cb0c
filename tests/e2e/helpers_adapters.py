"""The adapters under test, and one whose reporting is spoilt on purpose."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from harness.case import ClientInfo
from harness.clients import Client, Conversation
from harness.ops import Append, Op

SDK = (
    "openai_python",
    "openai_python_raw",
    "openai_python_sync",
    "openai_python_tuned",
)
OWN_FINAL = ("reference", *SDK)
"""Those that say what they hold in the end, apart from what they have shown."""
ALL = (*OWN_FINAL, "naive")


def params(names: tuple[str, ...]) -> list[Any]:
    """Return *names* for parametrize; those that need the SDK are marked so."""
    return [
        pytest.param(name, marks=[pytest.mark.openai] if name in SDK else [])
        for name in names
    ]


class Sabotaged:
    """An adapter of which one report, the *nth* text shown, is passed to *spoil*."""

    def __init__(
        self, client: Client, spoil: Callable[[Append], list[Op]], nth: int = 3
    ) -> None:
        self._client, self._spoil, self._nth = client, spoil, nth

    def info(self) -> ClientInfo:
        """Return what the adapter says of itself."""
        return self._client.info()

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation; report one op wrongly."""
        shown = 0
        async with aclosing(self._client.converse(conversation)) as ops:
            async for op in ops:
                shown += isinstance(op, Append)
                if isinstance(op, Append) and shown == self._nth:
                    for spoilt in self._spoil(op):
                        yield spoilt
                else:
                    yield op
