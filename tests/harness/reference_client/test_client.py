import asyncio
import inspect
import logging
from collections.abc import AsyncIterator

import pytest

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, ClientError, Op, Settle, ToolExec
from midstream.harness.reference_client.decoder import Event
from midstream.harness.reference_client.driving.client import (
    Listener,
    ReferenceClient,
    Tool,
)
from midstream.harness.reference_client.errors import ConfigurationError
from midstream.harness.reference_client.limits import Limits
from tests.harness.reference_client.helpers_mock import (
    KEY,
    LIMITS,
    claims,
    final,
    shown,
    talking,
    truth,
)
from tests.harness.reference_client.helpers_raw import (
    Reply,
    event_stream,
    response,
    serving,
)
from tests.harness.reference_client.helpers_wire import BEGIN, TOKENS, delta


async def test_listeners_hear_events_in_order_while_they_arrive() -> None:
    """Plain and async listeners get each event before its text is shown."""
    heard: list[str] = []

    async def later(event: Event) -> None:
        await asyncio.sleep(0)
        heard.append(f"later {event.kind}")

    def at_once(event: Event) -> None:
        heard.append(f"at once {event.kind}")

    async with talking() as talk:
        client = talk.client(on_event=[later, at_once])
        async for op in client.converse(["Hello?"]):
            if isinstance(op, Append):
                assert heard[-2:] == [
                    "later thread.message.delta",
                    "at once thread.message.delta",
                ]
    assert heard[0] == "later thread.run.created"
    assert heard[-1] == "at once thread.run.completed"


async def test_events_are_heard_before_the_stream_goes_on() -> None:
    """A delta is shown and heard although nothing has followed it."""
    made = [Reply(response(b'{"id":"x"}')) for _ in range(2)]
    said = Reply(response(b'{"id":"m","thread_id":"x","role":"user"}'))
    begun = [e.replace(b"thread_1", b"x") for e in BEGIN]
    stream = event_stream(*begun, delta(TOKENS[0]), is_whole=False)
    heard: list[Event] = []
    async with serving([*made, said, Reply(stream, "hold")]) as raw:
        client = ReferenceClient(
            raw.base_url, KEY, limits=LIMITS, on_event=[heard.append]
        )
        async for op in client.converse(["Hello?"]):
            if isinstance(op, Append):
                break
        assert [e.kind for e in heard][-1:] == ["thread.message.delta"]


def _refuse(_event: Event) -> None:
    raise LookupError("no")


async def _refuse_later(_event: Event) -> None:
    await asyncio.sleep(0)
    raise LookupError("no")


@pytest.mark.parametrize("listener", [_refuse, _refuse_later])
async def test_a_listener_that_raises_loses_nothing(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error is reported and logged; text and claim are as ever."""
    async with talking() as talk:
        ops = await talk.hold(on_event=[listener])
    assert shown(ops) == truth("short_answer")
    assert claims(ops) == ["complete"]
    troubles = [op.text for op in ops if isinstance(op, ClientError)]
    assert "LookupError" in troubles[0]
    assert caplog.records[0].levelno == logging.ERROR


async def _tool_later(arguments: str) -> str:
    await asyncio.sleep(0)
    return arguments


def _tool_fails(_arguments: str) -> str:
    raise LookupError("no")


TOOLS: dict[str, tuple[dict[str, Tool], str]] = {
    "by its name": ({"get_current_weather": lambda a: a, "*": _tool_fails}, '{"city"'),
    "awaited": ({"get_current_weather": _tool_later}, '{"city"'),
    "the one for all": ({"*": lambda _: "42"}, "42"),
    "failing": ({"*": _tool_fails}, "error: LookupError"),
    "missing": ({}, "error: there is no tool called get_current_weather"),
}


@pytest.mark.parametrize(("tools", "output"), TOOLS.values(), ids=TOOLS)
async def test_runs_tools(
    tools: dict[str, Tool], output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool may be plain, async, absent or broken; the run goes on."""
    outputs: list[str] = []
    run_tool = ReferenceClient._run_tool

    async def spy(self: ReferenceClient, command: object) -> object:
        done = await run_tool(self, command)  # type: ignore[arg-type] # as it came
        outputs.append(done.output)
        return done

    monkeypatch.setattr(ReferenceClient, "_run_tool", spy)
    async with talking("function_tool") as talk:
        ops = await talk.hold(tools=tools)
    assert outputs[0].startswith(output)
    assert claims(ops) == ["complete"]
    assert sum(isinstance(op, ToolExec) for op in ops) == 1


async def test_a_tool_that_hangs_ends_with_the_turn() -> None:
    """A tool has the time of its turn, and the user is told when it is over."""

    async def hang(_arguments: str) -> str:
        await asyncio.Event().wait()
        return "never"

    limits = Limits(idle_s=0.2, total_s=0.4, poll_s=0.01)
    async with talking("function_tool") as talk:
        ops = await talk.hold(tools={"*": hang}, limits=limits)
    assert claims(ops) == ["failed"]


async def test_what_is_asked_twice_must_agree() -> None:
    """Contradictory settings are refused before anything is sent."""
    with (
        pytest.warns(DeprecationWarning, match="request="),
        pytest.raises(ConfigurationError),
    ):
        ReferenceClient(
            "http://127.0.0.1:1/v1", KEY, request={"stream": False}, stream=True
        )


def test_the_warning_points_at_the_caller() -> None:
    """The line that has to be changed is the line that is named."""
    with pytest.warns(DeprecationWarning, match="request=") as caught:
        ReferenceClient("http://127.0.0.1:1/v1", KEY, stream=True)
    assert caught[0].filename == __file__


async def test_nobody_there_is_told() -> None:
    """A refused connection ends in an honest claim, not in an exception."""
    async with serving([]) as raw:
        base_url = raw.base_url
    limits = Limits(idle_s=0.2, total_s=0.5, backoff_base_s=0.01)
    client = ReferenceClient(base_url, KEY, limits=limits, seed=1)
    ops = [op async for op in client.converse(["Hello?"])]
    assert claims(ops) == ["failed"]
    assert [op.is_definite for op in ops if isinstance(op, ClientError)][:1] == [True]


async def adapted(*turns: str, cassette: str) -> list[Op]:
    """Hold a conversation through the adapter."""
    adapter: Client = CLIENTS["reference"]()
    async with talking(cassette) as talk:
        conversation = Conversation(
            base_url=talk.base_url, api_key=KEY, turns=turns, tools={"*": "42"}
        )
        talk_of: AsyncIterator[Op] = adapter.converse(conversation)
        return [op async for op in talk_of]


async def test_the_adapter_holds_the_conversation() -> None:
    """All turns, canned tools, and the transcript in the end."""
    ops = await adapted("one", "two", cassette="function_tool")
    assert [(op.turn, op.claim) for op in ops if isinstance(op, Settle)] == [
        (0, "complete"),
        (1, "complete"),
    ]
    assert final(ops) == truth("function_tool") * 2


def test_the_adapter_says_what_it_is() -> None:
    """Level 2, may replace, comes back by polling, within its own bounds."""
    info = CLIENTS["reference"]().info()
    assert (info.name, info.level) == ("reference", 2)
    assert info.profile.display == "may_replace"
    assert info.profile.recovery == ("poll",)
    assert info.profile.attempts_max == Limits().attempts_max
    assert inspect.isasyncgenfunction(CLIENTS["reference"]().converse)
