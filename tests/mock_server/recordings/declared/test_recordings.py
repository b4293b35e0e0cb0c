"""Truth of the recorded APIs equals what a few lines of another reading say."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from midstream.mock_server.library import import_vcr
from midstream.mock_server.recordings.cassette import Exchange
from midstream.mock_server.recordings.declared.declaration import Declaration, loads
from midstream.mock_server.recordings.declared.reading import Reading, read
from midstream.mock_server.recordings.declared.retelling import letters, text_place
from midstream.mock_server.recordings.declared.spoken import SpokenDeclared

pytestmark = pytest.mark.recordings

HERE = Path(__file__).parent / "dialects"
SHIPPED = Path(__file__).parents[4] / "mock_server" / "dialects"
Texts: TypeAlias = dict[int, str]


def events(body: bytes) -> Iterator[Any]:
    """Yield the JSON of each line of data, or of each line."""
    for line in body.decode().splitlines():
        text = line.removeprefix("data:").strip()
        if text.startswith("{") and text.endswith("}"):
            yield json.loads(text)


def chat(body: bytes) -> Texts:
    """Join the content of each choice."""
    found: Texts = {}
    for event in events(body):
        for one in event.get("choices", ()):
            delta = one.get("delta") or {}
            said = (delta.get("content") or "") + (delta.get("refusal") or "")
            found[one["index"]] = found.get(one["index"], "") + said
    return found


def messages(body: bytes) -> Texts:
    """Join the text of each block."""
    found: Texts = {}
    for event in events(body):
        delta = event.get("delta", {})
        if delta.get("type") == "text_delta":
            found[event["index"]] = found.get(event["index"], "") + delta["text"]
    return found


def responses(body: bytes) -> Texts:
    """Join the text of each item."""
    found: Texts = {}
    for event in events(body):
        if event["type"] in {"response.output_text.delta", "response.refusal.delta"}:
            part = event["output_index"]
            found[part] = found.get(part, "") + event["delta"]
    return found


def ollama(body: bytes) -> Texts:
    """Join the text of all lines."""
    said = (
        e.get("response") or e.get("message", {}).get("content", "")
        for e in events(body)
    )
    return {0: "".join(said)}


def gemini(body: bytes) -> Texts:
    """Join the text of all parts that are no thoughts."""
    parts = (
        part
        for event in events(body)
        for candidate in event.get("candidates", ())
        for part in candidate.get("content", {}).get("parts", ())
        if not part.get("thought")
    )
    return {0: "".join(part.get("text", "") for part in parts)}


APIS: dict[str, tuple[Path, Callable[[bytes], Texts]]] = {
    "chat": (HERE / "chat.toml", chat),
    "anthropic": (HERE / "messages.toml", messages),
    "responses": (HERE / "responses.toml", responses),
    "ollama": (HERE / "ollama.toml", ollama),
    "gemini": (SHIPPED / "gemini.toml", gemini),
}


def streams(recordings: Path, api: str) -> Iterator[tuple[str, Exchange]]:
    """Yield the recorded streams of *api*, each with the name of its file."""
    for path in sorted(recordings.glob(f"{api}_*.yaml")):
        for exchange in import_vcr(path.read_text("utf-8"), title=path.stem).exchanges:
            if exchange.is_stream:
                yield path.stem, exchange


def declaration(api: str) -> Declaration:
    """Return the declaration of *api*."""
    return loads(APIS[api][0].read_text("utf-8"), api)


@pytest.mark.parametrize("api", APIS)
def test_the_text_is_what_another_reading_says(recordings: Path, api: str) -> None:
    """Part by part, in every recorded stream."""
    count = 0
    for name, exchange in streams(recordings, api):
        found = read(exchange.body, declaration(api))
        said = {part: "".join(text) for (_, part), text in found.texts.items()}
        other = {
            part: text for part, text in APIS[api][1](exchange.body).items() if text
        }
        assert said == other, name
        count += bool(said)
    assert count > 4


ENDS = {
    "chat_max_tokens": "incomplete",
    "chat_cerebras_no_done_chunked": "incomplete",
    "chat_error_in_stream_openrouter_length": "failed",
    "chat_error_in_stream_openrouter_upstream_chunked": "failed",
    "anthropic_max_tokens": "incomplete",
    "anthropic_refusal_after_tool": "incomplete",
    "responses_incomplete": "incomplete",
    "responses_incomplete_reasoning_chunked": "incomplete",
    "responses_failed_quota_reframed": "failed",
    "responses_failed_rate_limit": "failed",
}


@pytest.mark.parametrize("api", APIS)
def test_a_stream_ends_as_it_was_recorded(recordings: Path, api: str) -> None:
    """What is cut short or has failed is told from what is whole."""
    found = {
        name: read(exchange.body, declaration(api)).ending
        for name, exchange in streams(recordings, api)
    }
    for name, ending in found.items():
        if name in ENDS or api in {"anthropic", "responses"}:
            assert ending == ENDS.get(name, "completed"), name


def test_the_calls_of_a_turn_are_found(recordings: Path) -> None:
    """With their ids, names and whole arguments."""
    for api, name in (
        ("chat", "chat_parallel_tool_calls"),
        ("anthropic", "anthropic_two_tools"),
        ("responses", "responses_two_function_calls"),
    ):
        first = next(e for n, e in streams(recordings, api) if n == name)
        calls = read(first.body, declaration(api)).calls
        assert [call.name for call in calls] == ["add", "multiply"]
        assert [json.loads(call.arguments) for call in calls] == [{"a": 2, "b": 3}] * 2


@pytest.mark.parametrize("api", APIS)
def test_an_answer_letter_by_letter_says_the_same(recordings: Path, api: str) -> None:
    """Read again, in more events: the same text, calls and end."""
    api_says, count = declaration(api), 0
    for name, exchange in streams(recordings, api):
        body, before = exchange.body, read(exchange.body, declaration(api))
        blocks = [body[block.start : block.stop] for block in before.blocks]
        pieces: list[bytes] = []
        for raw, role in zip(blocks, before.roles, strict=True):
            pieces += letters(raw, api_says) if role == "text" else [raw]
        after = read(b"".join(pieces), api_says)
        assert told(after) == told(before), name
        count += len(after.blocks) > len(before.blocks)
    assert count > 3


def told(said: Reading) -> object:
    """Return what a stream says, however many events say it."""
    texts = {part: "".join(pieces) for part, pieces in said.texts.items()}
    thoughts = {part: "".join(pieces) for part, pieces in said.reasoning.items()}
    calls = [(call.id, call.name, call.arguments) for call in said.calls]
    return texts, thoughts, calls, said.ending


@pytest.mark.parametrize("api", APIS)
def test_foreign_text_is_text_of_the_api(recordings: Path, api: str) -> None:
    """A copied event says the new text, and nothing else."""
    api_says, count = declaration(api), 0
    for name, exchange in streams(recordings, api):
        body, said = exchange.body, read(exchange.body, declaration(api))
        texts = [
            body[block.start : block.stop]
            for block, role in zip(said.blocks, said.roles, strict=True)
            if role == "text"
        ]
        if any(text_place(raw, api_says) for raw in texts):
            made = SpokenDeclared(api_says, texts).foreign_text("(other)", "m_other")
            found = read(made, api_says)
            assert list(found.texts.values()) == [("(other)",)], name
            assert (found.calls, found.ending) == ((), None), name
            count += 1
    assert count > 3
