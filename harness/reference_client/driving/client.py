"""The reference client for asyncio: the core's machine, driven with aiohttp.

client = ReferenceClient(base_url, api_key, request={"stream": True})
async for op in client.converse(["What is a reference?"]):
    ...
"""

import asyncio
import inspect
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, TypeAlias, assert_never

from midstream.harness.record.ops import ClientError, Op
from midstream.harness.reference_client.configuration import run_request
from midstream.harness.reference_client.decoder import Event
from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.machine import Machine, conversation
from midstream.harness.reference_client.values import (
    Answer,
    Call,
    Done,
    Emit,
    ReadMore,
    Relay,
    RunTool,
    Sleep,
    ToolDone,
)

from .edge import Edge

Tool: TypeAlias = Callable[[str], str | Awaitable[str]]
Listener: TypeAlias = Callable[[Event], object]
_log = logging.getLogger(__name__)


class ReferenceClient:
    """Holds conversations with an Assistants v2 API.

    Args:
        base_url: The address of the API, with ``/v1`` and without a slash at its end.
        api_key: The account's key.
        request: Settings for the body of each request that starts a run. With
            ``{"stream": False}`` the client polls the run until it has ended, and then
            shows the answer.
        tools: Functions by name. Each one gets the arguments as the server sent them,
            as JSON text, and returns the output or an awaitable of it. "*" serves all
            other names. A function that is not async must return quickly.
        limits: How long and how often the client tries.
        seed: The seed of client keys and jitter; None for a different one each time.
        on_event: Functions that are called with every event of a stream, in order, and
            awaited if they return an awaitable. If one raises, that is reported, and
            the stream goes on.
        assistant_id: The assistant that answers; by default, a new one is created for
            each conversation.
        stream: The deprecated spelling of ``request={"stream": …}``; it warns.

    Raises:
        ConfigurationError: *request* and *stream* disagree.
    """

    def __init__(  # noqa: PLR0913 - all but two have defaults
        self,
        base_url: str,
        api_key: str,
        *,
        request: Mapping[str, Any] | None = None,
        tools: Mapping[str, Tool] | None = None,
        limits: Limits | None = None,
        seed: int | None = None,
        on_event: Sequence[Listener] = (),
        assistant_id: str | None = None,
        stream: bool | None = None,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._request = run_request(request, stream)
        self._assistant_id = assistant_id or self._request.pop("assistant_id", None)
        self._tools = dict(tools or {})
        self._limits = limits or Limits()
        self._random = random.Random(seed)
        self._listeners = tuple(on_event)

    async def converse(self, turns: Sequence[str]) -> AsyncGenerator[Op, None]:
        """Send *turns* one after the other; yield what the user sees, as it arrives.

        A fault of the server or the network never raises: it becomes a `Notice` and an
        honest `Settle`. The last operation is `Final`.
        """
        machine = conversation(
            turns,
            request=self._request,
            limits=self._limits,
            random=self._random,
            assistant_id=self._assistant_id,
        )
        edge = Edge(self._base_url, self._api_key, self._limits)
        try:
            async with aclosing(self._drive(machine, edge)) as ops:
                async for op in ops:
                    yield op
        finally:
            await edge.close()

    async def _drive(self, machine: Machine, edge: Edge) -> AsyncGenerator[Op, None]:
        now_s = asyncio.get_running_loop().time
        answer: Answer = None
        while True:
            command = machine.advance(answer, now_s())
            answer = None
            match command:
                case Done():
                    return
                case Emit(op):
                    yield op
                case Relay(event, ops):
                    for op in (*await self._tell(event), *ops):
                        yield op
                case _:
                    answer = await self._perform(command, edge)

    async def _perform(
        self, command: Call | ReadMore | Sleep | RunTool, edge: Edge
    ) -> Answer:
        match command:
            case Call():
                return await edge.call(command)
            case ReadMore():
                return await edge.read(command)
            case Sleep(seconds):
                await asyncio.sleep(seconds)
                return None
            case RunTool():
                return await self._run_tool(command)
            case _:
                assert_never(command)

    async def _run_tool(self, command: RunTool) -> ToolDone:
        """Run a tool; if it fails, the output tells the model so."""
        name = command.call.name
        tool = self._tools.get(name) or self._tools.get("*")
        if tool is None:
            return ToolDone(f"error: there is no tool called {name}")
        try:
            async with asyncio.timeout(command.timeout_s):
                output = tool(command.call.arguments)
                if inspect.isawaitable(output):
                    output = await output
        except Exception as error:  # noqa: BLE001 - it may raise whatever it likes
            _log.exception("tool %s failed", name)
            return ToolDone(f"error: {type(error).__name__}")
        return ToolDone(output)

    async def _tell(self, event: Event) -> list[Op]:
        """Call all listeners; return an error operation for each that raised."""
        troubles: list[Op] = []
        for listener in self._listeners:
            try:
                result = listener(event)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:  # noqa: BLE001 - the answer is not its to lose
                _log.exception("a listener failed at an event of type %s", event.kind)
                troubles.append(ClientError(text=f"a listener raised {error!r}"))
        return troubles
