"""The Node SDK's adapters against the mock server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.clients._node import OpenAIForNode
from midstream.harness.errors import UnavailableError
from midstream.harness.record.ops import (
    ClientError,
    Notice,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.program import ProgramClient
from midstream.mock_server import FAULTS, Injection, Position, names
from tests.harness.clients.helpers_talk import hold
from tests.harness.reference_client.helpers_mock import (
    claims,
    final,
    notices,
    shown,
    talking,
    truth,
)
from tests.harness.runtimes.node.helpers_node import needs_packages

pytestmark = pytest.mark.process
in_one_loop = pytest.mark.asyncio(loop_scope="module")

TUNED = ["openai_node_tuned", "openai_node6_tuned"]
SHIPPED = ["openai_node", "openai_node_raw", "openai_node6", "openai_node6_raw"]
ADAPTERS = [*SHIPPED, *TUNED]
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


def adapter(name: str) -> OpenAIForNode:
    """Return the adapter called *name*."""
    made: Client = CLIENTS[name]()
    assert isinstance(made, OpenAIForNode)
    return made


@pytest_asyncio.fixture(params=ADAPTERS, scope="module", loop_scope="module")
async def client(request: pytest.FixtureRequest) -> AsyncIterator[OpenAIForNode]:
    """Return each adapter, for all tests of it; end its processes."""
    async with aclosing(adapter(request.param)) as made:
        yield made


@needs_packages
@pytest.mark.parametrize("name", ADAPTERS)
def test_it_is_what_it_says_before_it_is_started(name: str) -> None:
    """Name, versions and level are those of the program's hello."""
    client = adapter(name)
    told, hello = client.info(), ProgramClient(client.argv()).info()
    assert (told.name, told.version, told.level) == (name, hello.version, hello.level)
    assert (hello.name, hello.capabilities) == (name, told.capabilities)


@needs_packages
@in_one_loop
async def test_it_shows_every_cassette_exactly(client: OpenAIForNode) -> None:
    """Text, claim and notice are the server's; one process serves them all."""
    for cassette in CASSETTES:
        async with talking(cassette) as talk:
            ops = await hold(client, talk)
        assert shown(ops) == final(ops) == truth(cassette), cassette
        assert claims(ops) == [ENDS.get(cassette, "complete")]
        assert bool(notices(ops)) == (cassette in ENDS)


@needs_packages
@in_one_loop
async def test_several_turns_share_a_thread(client: OpenAIForNode) -> None:
    """Each turn is one message and one run on the same thread."""
    async with talking("short_answer", "multilingual") as talk:
        ops = await hold(client, talk, ("one", "two"))
    assert final(ops) == [*truth("short_answer"), *truth("multilingual")]
    assert [op.turn for op in ops if isinstance(op, Settle)] == [0, 1]
    assert talk.commits().count("thread") == 1


@needs_packages
@in_one_loop
async def test_tools_run_once_and_are_submitted_together(
    client: OpenAIForNode,
) -> None:
    """Every call asked for is one tool_exec, and all are in one tool_submit."""
    async with talking("parallel_tools") as talk:
        ops = await hold(client, talk)
    ran = tuple(op.call_id for op in ops if isinstance(op, ToolExec))
    assert len(ran) > 1
    assert [op.call_ids for op in ops if isinstance(op, ToolSubmit)] == [ran]


@needs_packages
@in_one_loop
async def test_conversations_at_once_do_not_mix(client: OpenAIForNode) -> None:
    """Two at the same time show their own text each."""
    async with talking("short_answer") as one, talking("multilingual") as two:
        ops = await asyncio.gather(hold(client, one), hold(client, two))
    assert [shown(seen) for seen in ops] == [
        truth("short_answer"),
        truth("multilingual"),
    ]


def inject(kind: str, **settings: object) -> Injection:
    """Return the fault *kind*, at the fourth delta."""
    return Injection(name="f1", at=DELTA, fault=FAULTS[kind](**settings))


@needs_packages
@in_one_loop
async def test_a_lost_connection_is_told_as_the_sdk_tells_it(
    client: OpenAIForNode,
) -> None:
    """An error of fetch's is documented: an error, a notice, an honest claim."""
    async with talking(injections=[inject("abort")]) as talk:
        ops = await hold(client, talk)
    (trouble,) = (op for op in ops if isinstance(op, ClientError))
    assert trouble.text.endswith("Error: terminated")
    assert [op.text for op in ops if isinstance(op, Notice)] == [trouble.text]
    assert claims(ops) == ["failed"]
    assert truth("short_answer")[0].startswith(final(ops)[0])


@needs_packages
@pytest.mark.parametrize("name", ["openai_node_raw", "openai_node6_raw"])
@in_one_loop
async def test_an_undocumented_error_is_a_crash(name: str) -> None:
    """A SyntaxError is no error that the SDK's users are told to expect."""
    async with (
        aclosing(adapter(name)) as client,
        talking(injections=[inject("malformed_json")]) as talk,
    ):
        with pytest.raises(ProgramError, match="SyntaxError"):
            await hold(client, talk)
        async with talking() as another:
            assert shown(await hold(client, another)) == truth("short_answer")


@pytest.mark.parametrize("name", ADAPTERS)
def test_without_its_package_it_says_what_to_type(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty cache is told before anything is started."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="midstream node install"):
        adapter(name).info()
