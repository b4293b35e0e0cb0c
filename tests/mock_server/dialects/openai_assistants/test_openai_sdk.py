# ruff: noqa: ANN401 - what the SDK's generated classes return
"""The official SDK against the server: no exception, no warning but its own."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from midstream.mock_server import load, names
from tests.mock_server.helpers_server import KEY, Rig, rig

pytestmark = pytest.mark.openai

CASSETTES = [n for n in names() if n.startswith("openai_assistants/")]
MODEL = "gpt-4o"


@contextmanager
def only_deprecations() -> Iterator[None]:
    """Fail on any warning but the SDK's word that the API is deprecated."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert [w for w in caught if w.category is not DeprecationWarning] == []
    assert all("deprecated" in str(w.message) for w in caught)


def client(r: Rig, **more: Any) -> Any:
    """Return the asynchronous SDK, which rejects every object that is not to spec."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=KEY,
        base_url=r.server.base_url,
        max_retries=0,
        _strict_response_validation=True,
        **more,
    )


@pytest.fixture
async def short() -> AsyncIterator[Rig]:
    """Return a server that answers short_answer."""
    with only_deprecations():
        async with rig(poll_after_ms=1) as r:
            yield r


async def _asked(sdk: Any) -> tuple[str, str]:
    """Create an assistant and a thread with a question; return their ids."""
    assistant = await sdk.beta.assistants.create(model=MODEL, name="A")
    thread = await sdk.beta.threads.create()
    await sdk.beta.threads.messages.create(thread.id, role="user", content="Well?")
    return assistant.id, thread.id


async def _converse(sdk: Any, outputs: str = "42") -> tuple[list[Any], Any]:
    """Stream a run raw, with its tool outputs; return all events and the run."""
    assistant, thread = await _asked(sdk)
    runs = sdk.beta.threads.runs
    stream = await runs.create(thread, assistant_id=assistant, stream=True)
    got = [event async for event in stream]
    while got[-1].data.status == "requires_action":
        calls = got[-1].data.required_action.submit_tool_outputs.tool_calls
        given = [{"tool_call_id": call.id, "output": outputs} for call in calls]
        stream = await runs.submit_tool_outputs(
            got[-1].data.id, thread_id=thread, tool_outputs=given, stream=True
        )
        got += [event async for event in stream]
    return got, await runs.retrieve(got[-1].data.id, thread_id=thread)


@pytest.mark.parametrize("cassette", CASSETTES)
async def test_every_event_and_object_is_of_the_sdks_types(cassette: str) -> None:
    """Raw streams of every cassette validate strictly, and so does what is read."""
    with only_deprecations():
        async with rig(cassettes=(cassette,)) as r, client(r) as sdk:
            got, run = await _converse(sdk)
            for event in got:
                literal = type(event).model_fields["event"].annotation
                assert event.event in literal.__args__
                type(event).model_validate(event.to_dict(), strict=True)
            assert run.status == got[-1].data.status
            thread = run.thread_id
            messages = await sdk.beta.threads.messages.list(thread)
            steps = await sdk.beta.threads.runs.steps.list(run.id, thread_id=thread)
            for obj in (run, *messages.data, *steps.data):
                type(obj).model_validate(obj.to_dict(), strict=True)


@pytest.mark.parametrize("cassette", CASSETTES)
async def test_the_stream_helper_ends_with_what_is_read_back(cassette: str) -> None:
    """The helper's final messages are those of the list."""
    with only_deprecations():
        async with rig(cassettes=(cassette,)) as r, client(r) as sdk:
            assistant, thread = await _asked(sdk)
            runs = sdk.beta.threads.runs
            async with runs.stream(thread_id=thread, assistant_id=assistant) as stream:
                final = await stream.get_final_run()
                said = await stream.get_final_messages() if _speaks(cassette) else []
            read = await sdk.beta.threads.messages.list(thread, run_id=final.id)
            assert {m.id: m.content for m in said} == {
                m.id: m.content for m in read.data
            }


def _speaks(cassette: str) -> bool:
    """Say whether the first stream of *cassette* holds a message."""
    events = load(cassette).streams()[0].events()
    return any(event.name == "thread.message.created" for event in events)


async def test_polling_ends_with_the_run(short: Rig) -> None:
    """create_and_poll returns the completed run."""
    async with client(short) as sdk:
        assistant, thread = await _asked(sdk)
        runs = sdk.beta.threads.runs
        run = await runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        assert run.status == "completed"


async def test_tools_round_trip_by_polling() -> None:
    """create_and_poll stops at requires_action, submit_..._and_poll completes."""
    with only_deprecations():
        cassettes = ("openai_assistants/parallel_tools",)
        async with rig(cassettes=cassettes, poll_after_ms=1) as r, client(r) as sdk:
            assistant, thread = await _asked(sdk)
            runs = sdk.beta.threads.runs
            run = await runs.create_and_poll(thread_id=thread, assistant_id=assistant)
            calls = run.required_action.submit_tool_outputs.tool_calls
            run = await runs.submit_tool_outputs_and_poll(
                run_id=run.id,
                thread_id=thread,
                tool_outputs=[{"tool_call_id": c.id, "output": "1"} for c in calls],
            )
            assert run.status == "completed"


async def test_create_and_run_streams_its_thread(short: Rig) -> None:
    """The helper of POST /threads/runs works; the first event is the thread."""
    async with client(short) as sdk:
        assistant = await sdk.beta.assistants.create(model=MODEL)
        helper = sdk.beta.threads.create_and_run_stream(
            assistant_id=assistant.id,
            thread={"messages": [{"role": "user", "content": "Well?"}]},
        )
        async with helper as stream:
            got = [event.event async for event in stream]
        assert (got[0], got[-1]) == ("thread.created", "thread.run.completed")
        run = await sdk.beta.threads.create_and_run_poll(
            assistant_id=assistant.id,
            thread={"messages": [{"role": "user", "content": "Well?"}]},
        )
        assert run.status == "completed"


async def test_cancelling_ends_the_stream() -> None:
    """A slow run that is cancelled meanwhile ends its stream as cancelled."""
    with only_deprecations():
        async with rig(speed=0.01) as r, client(r) as sdk:
            assistant, thread = await _asked(sdk)
            runs = sdk.beta.threads.runs
            stream = await runs.create(thread, assistant_id=assistant, stream=True)
            events = aiter(stream)
            run = (await anext(events)).data
            assert (await runs.cancel(run.id, thread_id=thread)).status == "cancelling"
            await r.server.flush(KEY)
            assert [e async for e in events][-1].event == "thread.run.cancelled"


async def test_pagination_visits_every_message_once(short: Rig) -> None:
    """Auto-paging by twos meets five messages, newest first."""
    async with client(short) as sdk:
        thread = await sdk.beta.threads.create()
        messages = sdk.beta.threads.messages
        for i in range(5):
            await messages.create(thread.id, role="user", content=str(i))
        pages = messages.list(thread.id, limit=2)
        got = [m.content[0].text.value async for m in pages]
        assert got == ["4", "3", "2", "1", "0"]


async def test_the_rest_of_the_api(short: Rig) -> None:
    """Update, retrieve and delete, of everything that can be."""
    async with client(short) as sdk:
        assistant, thread = await _asked(sdk)
        beta, meta = sdk.beta, {"metadata": {"a": "1"}}
        assert (await beta.assistants.update(assistant, **meta)).metadata == {"a": "1"}
        assert [a.id async for a in beta.assistants.list()] == [assistant]
        assert (await beta.threads.update(thread, **meta)).metadata == {"a": "1"}
        (message,) = (await beta.threads.messages.list(thread)).data
        ids = {"message_id": message.id, "thread_id": thread}
        await beta.threads.messages.update(**ids, **meta)
        assert (await beta.threads.messages.retrieve(**ids)).metadata == {"a": "1"}
        assert (await beta.threads.messages.delete(**ids)).deleted
        assert (await beta.threads.delete(thread)).deleted
        assert (await beta.assistants.delete(assistant)).deleted


async def test_azures_client_is_served(short: Rig) -> None:
    """Its paths, its key header and its api-version."""
    from openai import AsyncAzureOpenAI

    endpoint = short.server.base_url.removesuffix("/v1")
    async with AsyncAzureOpenAI(
        api_key=KEY, azure_endpoint=endpoint, api_version="2024-05-01-preview"
    ) as sdk:
        got, run = await _converse(sdk)
    assert (got[-1].event, run.status) == ("thread.run.completed", "completed")


def _synchronously(base_url: str) -> list[str]:
    """Hold a conversation with the synchronous SDK; return the events' names."""
    from openai import OpenAI

    with OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as sdk:
        assistant = sdk.beta.assistants.create(model=MODEL)
        thread = sdk.beta.threads.create()
        sdk.beta.threads.messages.create(thread.id, role="user", content="Well?")
        runs = sdk.beta.threads.runs
        with runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
            got = [event.event for event in stream]
        assert [m.role for m in sdk.beta.threads.messages.list(thread.id)] == [
            "assistant",
            "user",
        ]
        return [str(name) for name in got]


async def test_the_synchronous_client_is_served(short: Rig) -> None:
    """From a thread of its own, as its users would."""
    got = await asyncio.to_thread(_synchronously, short.server.base_url)
    assert got[-1] == "thread.run.completed"


async def test_errors_are_the_sdks_own(short: Rig) -> None:
    """A refusal reaches the SDK's user with status, code, parameter and request id."""
    from openai import AuthenticationError, BadRequestError

    async with client(short) as sdk:
        with pytest.raises(BadRequestError) as refused:
            await sdk.beta.threads.create(metadata={"a": True})
        assert (refused.value.code, refused.value.param) == (
            "invalid_type",
            "metadata.a",
        )
        assert str(refused.value.request_id).startswith("req_")
        stranger = sdk.with_options(api_key="sk-wrong-key-wrong")
        with pytest.raises(AuthenticationError, match="Incorrect API key provided"):
            await stranger.beta.threads.create()
