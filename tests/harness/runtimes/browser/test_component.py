"""Deep Chat itself, in a browser, against the mock server: no faults, no proxy."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from midstream.harness.clients import _deep_chat
from midstream.harness.clients._deep_chat_talk import DeepChatTalk
from midstream.harness.clients.deep_chat_rows import PROPERTIES
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import (
    Append,
    Attempt,
    Final,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.mock_server.core.journal import Asked, Received, TextPlanned
from tests.harness.runtimes.browser.helpers_page import Held, converse

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]

BOTH: dict[str, Mapping[str, Any]] = {
    "connect": PROPERTIES["deep_chat"],
    "root": PROPERTIES["deep_chat_legacy"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def browser() -> AsyncIterator[None]:
    """End the browser that all tests share with their event loop."""
    yield
    await _deep_chat.close()


def told(held: Held) -> str:
    """Return the whole answer as the server said it."""
    planned = (e for e in held.journal if isinstance(e, TextPlanned))
    return "".join(text for entry in planned for text in entry.texts)


def shown(held: Held) -> list[str]:
    """Return the pieces in which the answer came into sight."""
    return [op.text for op in held.ops if isinstance(op, Append)]


@pytest.mark.parametrize("name", BOTH)
async def test_both_ways_to_ask_for_a_stream_give_one(name: str) -> None:
    """The request says so, the server streams, and words appear one after the other."""
    held = await converse(BOTH[name])

    assert b'"stream":true' in held.sent
    assert b"accept: text/event-stream" in held.sent.lower()
    assert "".join(shown(held)) == told(held)
    assert len(shown(held)) > 1  # a busy browser shows several at once
    assert Settle(turn=0, claim="complete") in held.ops


async def test_without_either_nothing_streams() -> None:
    """The component asks for the run again and again, and shows the answer at once."""
    held = await converse({})

    assert b'"stream":true' not in held.sent
    asked = [e.op for e in held.journal if isinstance(e, Received)]
    assert "get_run" in asked
    assert shown(held) == [told(held)]


async def test_the_older_way_is_accepted_with_a_word_of_warning() -> None:
    """On the console, the component names the place to which `stream` has moved."""
    said: list[str] = []
    conversation = Conversation(base_url="http://127.0.0.1:1/v1", api_key="k", turns=())
    async with _deep_chat.stage().page() as loaded:
        loaded.page.on("console", lambda message: said.append(message.text))
        await DeepChatTalk(loaded, conversation).open(BOTH["root"])
        await loaded.page.evaluate("0")

    assert [text for text in said if "moved to the connect object" in text]


async def test_markdown_and_scripts_are_reported_raw() -> None:
    """What is drawn as a list, or in another script, is reported as it was received."""
    held = await converse(BOTH["connect"], "openai_assistants/multilingual")

    (final,) = (op for op in held.ops if isinstance(op, Final))
    assert final.messages[0].parts == {0: told(held)}
    assert "".join(shown(held)) == told(held)


async def test_tools_are_reported_by_the_ids_the_run_asked_with() -> None:
    """The handler is not told the ids; the request that follows names them."""
    held = await converse(BOTH["connect"], "openai_assistants/parallel_tools")

    asked = [e for e in held.journal if isinstance(e, Asked)]
    ran = [op for op in held.ops if isinstance(op, ToolExec)]
    assert [(op.call_id, op.name, op.arguments) for op in ran] == [
        (e.call_id, e.name, e.arguments) for e in asked
    ]
    assert ToolSubmit(call_ids=tuple(e.call_id for e in asked)) in held.ops
    assert Settle(turn=0, claim="complete") in held.ops


async def test_each_turn_is_an_answer_of_its_own() -> None:
    """The second turn goes on in the same thread, under the next name."""
    held = await converse(BOTH["connect"], turns=("One.", "Two."))

    names = {op.message for op in held.ops if isinstance(op, Append)}
    assert names == {"answer-1", "answer-2"}
    assert [op.what for op in held.ops if isinstance(op, Attempt)] == [
        "create_assistant",
        "create_run",
        "add_message",
        "create_run",
    ]
    assert [op.turn for op in held.ops if isinstance(op, Settle)] == [0, 1]


async def test_conversations_share_a_browser_and_nothing_else() -> None:
    """Several at once each see their own answer, whole."""
    helds = await asyncio.gather(*(converse(BOTH["connect"]) for _ in range(3)))

    assert ["".join(shown(held)) for held in helds] == [told(held) for held in helds]
    assert len({told(held) for held in helds}) == 1
