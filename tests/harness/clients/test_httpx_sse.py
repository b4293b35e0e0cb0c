"""The hand-written client on httpx-sse against the mock server."""

import importlib.metadata

import pytest

from midstream.harness.clients import httpx_sse
from midstream.harness.clients.httpx_sse import HttpxSse
from midstream.harness.errors import UnavailableError
from midstream.harness.record.ops import (
    ClientError,
    Notice,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.mock_server import FAULTS, Injection, Position, names
from tests.harness.clients.helpers_talk import hold, needs_httpx_sse
from tests.harness.reference_client.helpers_mock import (
    claims,
    notices,
    shown,
    talking,
    truth,
)

ENDS = {
    "cancelled": "cancelled",
    "expired": "failed",
    "failed": "failed",
    "incomplete": "incomplete",
}
CASSETTES = [
    name.partition("/")[2] for name in names() if name.startswith("openai_assistants/")
]
DELTA = Position(event="thread.message.delta", nth=4)


def inject(kind: str, **settings: object) -> Injection:
    """Return the fault *kind*, at the fourth delta."""
    return Injection(name="f1", at=DELTA, fault=FAULTS[kind](**settings))


@needs_httpx_sse
@pytest.mark.parametrize("cassette", CASSETTES)
async def test_it_shows_every_cassette_exactly(cassette: str) -> None:
    """Text, claim and notice are the server's."""
    async with talking(cassette) as talk:
        ops = await hold(HttpxSse(), talk)
    assert shown(ops) == truth(cassette)
    assert claims(ops) == [ENDS.get(cassette, "complete")]
    assert bool(notices(ops)) == (cassette in ENDS)


@needs_httpx_sse
async def test_several_turns_share_a_thread() -> None:
    """Each turn is one message and one run on the same thread."""
    async with talking("short_answer", "multilingual") as talk:
        ops = await hold(HttpxSse(), talk, ("one", "two"))
    assert shown(ops) == [*truth("short_answer"), *truth("multilingual")]
    assert [op.turn for op in ops if isinstance(op, Settle)] == [0, 1]
    assert talk.commits().count("thread") == 1


@needs_httpx_sse
async def test_tools_run_once_and_are_submitted_together() -> None:
    """Every call asked for is one tool_exec, and all are in one tool_submit."""
    async with talking("parallel_tools") as talk:
        ops = await hold(HttpxSse(), talk)
    ran = tuple(op.call_id for op in ops if isinstance(op, ToolExec))
    assert len(ran) > 1
    assert [op.call_ids for op in ops if isinstance(op, ToolSubmit)] == [ran]


TOLD = {
    "a lost connection": (inject("abort"), "RemoteProtocolError: "),
    "an error event": (inject("error_event"), "_RunError: "),
}


@needs_httpx_sse
@pytest.mark.parametrize(("fault", "words"), TOLD.values(), ids=TOLD)
async def test_what_goes_wrong_is_told(fault: Injection, words: str) -> None:
    """An error, the same words as a notice, and an honest claim."""
    async with talking(injections=[fault]) as talk:
        ops = await hold(HttpxSse(), talk)
    (trouble,) = (op for op in ops if isinstance(op, ClientError))
    assert trouble.text.startswith(words)
    assert [op.text for op in ops if isinstance(op, Notice)] == [trouble.text]
    assert claims(ops) == ["failed"]


@needs_httpx_sse
async def test_an_early_end_passes_for_the_whole() -> None:
    """Like most of its kind, it takes the end of the events for the answer's end."""
    async with talking(injections=[inject("early_end")]) as talk:
        ops = await hold(HttpxSse(), talk)
    assert claims(ops) == ["complete"]
    assert shown(ops) != truth("short_answer")


@needs_httpx_sse
async def test_a_broken_event_is_a_crash() -> None:
    """What ``sse.json()`` raises it does not expect."""
    async with talking(injections=[inject("malformed_json")]) as talk:
        with pytest.raises(ValueError, match="Unterminated string"):
            await hold(HttpxSse(), talk)


@needs_httpx_sse
def test_its_version_is_that_of_what_it_wraps() -> None:
    """Both libraries are named, as both make a difference."""
    info = HttpxSse().info()
    found = [importlib.metadata.version(name) for name in ("httpx-sse", "httpx")]
    assert info.version == f"{found[0]} on httpx {found[1]}"


def test_without_its_packages_it_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra that brings both is named."""

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(httpx_sse, "version", missing)
    with pytest.raises(UnavailableError, match=r"midstream\[httpx_sse\]"):
        HttpxSse().info()
