from typing import Any

import pytest

from midstream import (
    Append,
    CassetteError,
    ClientError,
    Limits,
    Op,
    ReferenceClient,
    ScenarioError,
    Settle,
    UnknownNameError,
    serve,
)

SHORT = "openai_assistants/short_answer"
EARLY_END = {"kind": "early_end", "at": {"event": "thread.message.delta", "nth": 3}}
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelled field": ({"kind": "early_end", "att": {}}, "did you mean 'at'?"),
    "no kind": ({}, r"faults\[0\]: .* required field `kind`"),
    "a bad argument": (
        {"kind": "http_status", "args": {"status": "x"}},
        r"faults\[0\].args",
    ),
    "a place that it cannot strike": (
        {"kind": "compress", "at": {"event": "done"}},
        r"faults\[0\]: compress changes the head",
    ),
    "a toxic": ({"kind": "latency", "args": {"latency_ms": 1}}, "needs Toxiproxy"),
}


async def told(base_url: str, key: str) -> list[Op]:
    """Return all that the reference client tells of one turn."""
    limits = Limits(idle_s=5, total_s=10, backoff_base_s=0.01, backoff_max_s=0.01)
    client = ReferenceClient(base_url, key, limits=limits)
    return [op async for op in client.converse(["Why?"])]


def shown(ops: list[Op]) -> str:
    """Return the text that the user saw."""
    return "".join(op.text for op in ops if isinstance(op, Append))


def claims(ops: list[Op]) -> list[str]:
    """Return how the turns ended, as the client says."""
    return [op.claim for op in ops if isinstance(op, Settle)]


async def test_it_serves_what_is_asked_for() -> None:
    """A client gets the whole recorded answer, whatever its key."""
    async with serve(SHORT, speed=0) as server:
        one, two = [await told(server.base_url, key) for key in ("one", "two")]
    assert shown(one) == shown(two) != ""
    assert claims(one) == claims(two) == ["complete"]


async def test_it_serves_something_by_default() -> None:
    """Without a name, a short answer is served."""
    async with serve(speed=0) as server:
        assert claims(await told(server.base_url, "any")) == ["complete"]


async def test_each_key_meets_the_faults() -> None:
    """A fault strikes each account once, as in a run of its own."""
    async with serve(SHORT, speed=0, faults=[EARLY_END]) as server:
        for key in ("one", "two"):
            ops = await told(server.base_url, key)
            assert any(isinstance(op, ClientError) for op in ops)
            assert claims(ops) == ["complete"]


@pytest.mark.parametrize(("fault", "said"), BAD.values(), ids=BAD)
def test_a_mistake_in_a_fault_is_said(fault: dict[str, Any], said: str) -> None:
    """The message names the fault by its place and says what would be right."""
    with pytest.raises(ScenarioError, match=said):
        serve(faults=[fault])


def test_an_unknown_name_is_said() -> None:
    """A cassette or a fault that does not exist is refused before anything starts."""
    with pytest.raises(UnknownNameError, match="short_answer"):
        serve("openai_assistants/short_answr")
    with pytest.raises(UnknownNameError, match="early_end"):
        serve(faults=[{"kind": "erly_end"}])


def test_a_file_that_is_not_there_is_said() -> None:
    """A cassette file of one's own that cannot be read is refused at once."""
    with pytest.raises(CassetteError):
        serve("no_such_file.jsonl")
