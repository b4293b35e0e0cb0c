"""The adapters under test, as they are, left open, or with their reporting spoilt."""

import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from midstream.harness.clients import CLIENTS, Client, ClosableClient, OpenableClient
from midstream.harness.clients._deep_chat import DeepChat
from midstream.harness.oracle.verdict import Judgement, Verdict
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, Op
from midstream.harness.runtimes.programs.program import ProgramClient
from tests.e2e.helpers_runs import AGAIN, campaign, one
from tests.harness.clients.helpers_talk import needs_httpx_sse
from tests.harness.runtimes.node.helpers_node import needs_packages

PYTHON = (
    "openai_python",
    "openai_python_raw",
    "openai_python_sync",
    "openai_python_tuned",
)
NODE = (
    "openai_node",
    "openai_node_raw",
    "openai_node_tuned",
    "openai_node6",
    "openai_node6_raw",
    "openai_node6_tuned",
)
BROWSER = ("deep_chat", "deep_chat_legacy")
TAIL = "framing/tail_in_one_write"
"""Where chance alone decides: docs/clients.md."""
BY_CHANCE = {Verdict.INVALID, Verdict.INCONCLUSIVE, Verdict.SILENT_TRUNCATION}
PROGRAM = "my_client"
"""The template of docs/examples: a program that speaks JSON Lines."""
OWN_FINAL = ("reference", *PYTHON, *NODE, *BROWSER)
"""Those that say what they hold in the end, apart from what they have shown."""
ALL = (*OWN_FINAL, "httpx_sse", PROGRAM, "naive")
CAREFUL = tuple(name for name in ALL if name != "naive")
"""Those that read many scripts whole; the naive client is at the mercy of TCP."""
WITH_TOOLS = (*OWN_FINAL, "httpx_sse")
TELLS_ATTEMPTS = ("reference", *BROWSER)
"""Those that promise to tell each request that makes something."""
ONE_OF_EACH = ("reference", "openai_python", "openai_node", "httpx_sse", "deep_chat")
"""One of each kind of adapter: those of a kind report by the same lines of code."""

_TEMPLATE = Path(__file__).parents[2] / "docs" / "examples" / "my_client.py"
_NEEDS: dict[str, pytest.MarkDecorator] = {
    **dict.fromkeys(PYTHON, pytest.mark.openai),
    **dict.fromkeys(NODE, needs_packages),
    **dict.fromkeys(BROWSER, pytest.mark.chromium),
    "httpx_sse": needs_httpx_sse,
}


def params(names: tuple[str, ...]) -> list[Any]:
    """Return *names* for parametrize, each marked by what it needs."""
    return [pytest.param(name, marks=needs(name)) for name in names]


def needs(name: str) -> list[pytest.MarkDecorator]:
    """Return the marks that say what the adapter called *name* needs."""
    return [_NEEDS[name]] if name in _NEEDS else []


def adapter(name: str) -> Client:
    """Return the adapter called *name*."""
    if name == PROGRAM:
        return ProgramClient([sys.executable, str(_TEMPLATE)])
    made: Client = CLIENTS[name]()
    return LeftOpen(made) if name in BROWSER else made


def judged(
    name: str, wanted: Mapping[str, Verdict], out: Path, *, jobs: int = 4
) -> dict[str, Judgement]:
    """Run the scenarios of *wanted* against the adapter called *name*.

    A page loses the tail of what it has no time to draw (docs/deep-chat.md), and a busy
    machine proves nothing: of a browser these are tried again, and nothing else is.
    """
    client = adapter(name)
    hangs = [scenario for scenario, verdict in wanted.items() if verdict == "HUNG"]
    done = campaign([client], list(wanted), out, jobs=jobs, hangs=hangs)
    found = {o.judgement.scenario: o.judgement for o in done.by_client[name]}
    for scenario in list(found) * (AGAIN if name in BROWSER else 0):
        said = found[scenario].verdict
        is_chance = said in BY_CHANCE or scenario == TAIL
        if said != wanted[scenario] and is_chance:
            again = one(client, scenario, out, hangs=scenario in hangs)
            found[scenario] = again.judgement
    return found


class LeftOpen:
    """An adapter whose browser serves all campaigns of this process: see conftest."""

    cores: ClassVar[int] = DeepChat.cores

    def __init__(self, client: Client) -> None:
        self.info, self.converse = client.info, client.converse
        assert isinstance(client, OpenableClient)
        self.aopen = client.aopen


class Sabotaged:
    """An adapter of which one report, the *nth* of *kind*, is passed to *spoil*.

    It is called by both names, so that it can run beside others of its kind.
    """

    def __init__(
        self,
        client: Client,
        spoil: Callable[[Op], list[Op]],
        kind: type[Op] = Append,
        nth: int = 1,
    ) -> None:
        self._client, self._spoil = client, spoil
        self._kind, self._nth = kind, nth

    def info(self) -> ClientInfo:
        """Return what the adapter says of itself, but for the name."""
        info = self._client.info()
        return msgspec.structs.replace(info, name=f"{info.name}_{self._spoil.__name__}")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation; report one op wrongly."""
        count = 0
        async with aclosing(self._client.converse(conversation)) as ops:
            async for op in ops:
                count += isinstance(op, self._kind)
                if isinstance(op, self._kind) and count == self._nth:
                    for spoilt in self._spoil(op):
                        yield spoilt
                else:
                    yield op

    async def aopen(self) -> None:
        """Start what the adapter starts."""
        if isinstance(self._client, OpenableClient):
            await self._client.aopen()

    async def aclose(self) -> None:
        """End what the adapter holds."""
        if isinstance(self._client, ClosableClient):
            await self._client.aclose()
