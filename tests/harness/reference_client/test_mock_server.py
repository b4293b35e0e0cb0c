"""The reference client against the mock server: every cassette, the usual faults."""

import pytest

from midstream.harness.record.ops import Replace
from midstream.mock_server import FAULTS, FaultSpec, Injection, Position, names
from tests.harness.reference_client.helpers_mock import (
    claims,
    final,
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
TOOLS = {"*": lambda _arguments: "42"}
DELTA = Position(event="thread.message.delta", nth=4)


def fault(kind: str, **settings: object) -> FaultSpec:
    """Return the server fault *kind*."""
    return FAULTS[kind](**settings)


@pytest.mark.parametrize("stream", [True, False], ids=["streaming", "polling"])
@pytest.mark.parametrize("cassette", CASSETTES)
async def test_shows_every_cassette_exactly(cassette: str, stream: bool) -> None:
    """Text, claim and notice are the server's, streaming or polling."""
    async with talking(cassette) as talk:
        ops = await talk.hold(request={"stream": stream}, tools=TOOLS)
    assert shown(ops) == final(ops) == truth(cassette)
    assert claims(ops) == [ENDS.get(cassette, "complete")]
    assert bool(notices(ops)) == (cassette in ENDS)


async def test_both_spellings_send_the_same_bytes() -> None:
    """stream=True and request={"stream": True} cannot be told apart on the wire."""
    async with talking() as talk:
        await talk.hold(request={"stream": True})
    with pytest.warns(DeprecationWarning, match="request="):
        async with talking() as older:
            await older.hold(stream=True)
    assert older.received() == talk.received()


async def test_several_turns_share_a_thread() -> None:
    """Each turn is one message and one run on the same thread."""
    async with talking("short_answer", "multilingual") as talk:
        ops = await talk.hold("one", "two")
    assert claims(ops) == ["complete", "complete"]
    assert final(ops) == [*truth("short_answer"), *truth("multilingual")]
    assert talk.commits() == ["assistant", "thread", *["message", "run"] * 2]


RECOVERED: dict[str, tuple[Position, FaultSpec]] = {
    "the run's answer lost": (Position(), fault("drop_before_headers")),
    "the message's answer lost": (
        Position(on="add_message"),
        fault("drop_before_headers"),
    ),
    "the request to run lost": (
        Position(),
        fault("drop_before_headers", commit="before"),
    ),
    "an error after the run began": (Position(), fault("http_status", commit="after")),
    "cut by FIN": (DELTA, fault("abort", how="fin")),
    "cut by RST": (DELTA, fault("abort", how="rst")),
    "a clean early end": (DELTA, fault("early_end")),
    "an error event": (DELTA, fault("error_event", shape="flat")),
    "malformed JSON": (DELTA, fault("malformed_json")),
    "an empty body": (Position(), fault("empty_body")),
    "another content type": (Position(), fault("wrong_content_type")),
}


@pytest.mark.parametrize(("at", "struck"), RECOVERED.values(), ids=RECOVERED)
async def test_recovers_exactly_and_once(at: Position, struck: FaultSpec) -> None:
    """The answer is whole, nothing is taken back, nothing is done twice."""
    async with talking(injections=[Injection("f1", at, struck)]) as talk:
        ops = await talk.hold()
    assert shown(ops) == final(ops) == truth("short_answer")
    assert claims(ops) == ["complete"]
    assert not any(isinstance(op, Replace) for op in ops)
    assert talk.commits() == ["assistant", "thread", "message", "run"]


@pytest.mark.parametrize("kind", ["duplicate_event", "swap_events", "drop_event"])
async def test_repairs_a_wrong_delta(kind: str) -> None:
    """What the wire cannot number is repaired by the completed message, openly."""
    async with talking(injections=[Injection("f1", DELTA, fault(kind))]) as talk:
        ops = await talk.hold()
    assert shown(ops) == final(ops) == truth("short_answer")
    assert claims(ops) == ["complete"]


async def test_a_wrong_key_is_told() -> None:
    """401: one request, no answer, and the reason."""
    async with talking() as talk:
        talk_to_nobody = talk.client()
        talk_to_nobody._api_key = "sk-wrong"
        ops = [op async for op in talk_to_nobody.converse(["Hello?"])]
    assert claims(ops) == ["failed"]
    assert "Incorrect API key" in notices(ops)[0]
    assert talk.commits() == []


async def test_tools_are_answered_once_though_the_answer_is_lost() -> None:
    """The outputs are committed once, and no tool runs twice."""
    ran: list[str] = []

    def tool(arguments: str) -> str:
        ran.append(arguments)
        return "42"

    lost = Injection("f1", Position(on="submit_tools"), fault("drop_before_headers"))
    async with talking("parallel_tools", injections=[lost]) as talk:
        ops = await talk.hold(tools={"*": tool})
    assert shown(ops) == truth("parallel_tools")
    assert len(ran) == 3
    assert talk.commits()[3:] == ["run", "tool_output"]
