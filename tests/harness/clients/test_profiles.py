"""What adapters say of themselves is what the programs they wrap do."""

from typing import Any

import pytest

from midstream.harness.clients import CLIENTS, ClosableClient
from midstream.harness.clients._openai import RETRIES, RETRY_AFTER_CAP_S
from midstream.harness.record.case import ClientInfo
from midstream.mock_server import Injection, Position
from midstream.mock_server.core.faults.retry_after import RetryAfter
from tests.harness.clients.helpers_talk import hold, needs_httpx_sse
from tests.harness.reference_client.helpers_mock import talking
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
ASKING = [
    "reference",
    pytest.param("httpx_sse", marks=needs_httpx_sse),
    *(pytest.param(name, marks=pytest.mark.openai) for name in PYTHON),
    *(pytest.param(name, marks=needs_packages) for name in NODE),
]
BUSY = Injection(
    name="f1",
    at=Position(on="run", times=0),
    fault=RetryAfter(wait_s=0.001, form="ms"),
)


def said(name: str) -> ClientInfo:
    """Return what the adapter called *name* says of itself."""
    info: ClientInfo = CLIENTS[name]().info()
    return info


@pytest.mark.process
@pytest.mark.parametrize("name", ASKING)
async def test_a_client_asks_as_often_as_it_says(name: str) -> None:
    """Refused for as long as it asks, it makes exactly the requests of its profile."""
    client: Any = CLIENTS[name]()
    async with talking(injections=[BUSY]) as talk:
        await hold(client, talk)
        if isinstance(client, ClosableClient):
            await client.aclose()

    runs = [op for op, _, _ in talk.received() if op == "create_run"]
    assert len(runs) == client.info().profile.attempts_max


@pytest.mark.openai
def test_the_python_sdk_is_as_it_was_shipped() -> None:
    """Retries and the longest wait are the constants of the installed version."""
    from openai import _constants

    assert RETRIES == _constants.DEFAULT_MAX_RETRIES
    assert RETRY_AFTER_CAP_S == _constants.MAX_RETRY_AFTER_DELAY


@pytest.mark.process
@pytest.mark.parametrize(
    ("tuned", "shipped"),
    [
        pytest.param("openai_python_tuned", "openai_python", marks=pytest.mark.openai),
        pytest.param("openai_node_tuned", "openai_node", marks=needs_packages),
        pytest.param("openai_node6_tuned", "openai_node6", marks=needs_packages),
    ],
)
def test_a_tuned_client_differs_in_its_retries_alone(tuned: str, shipped: str) -> None:
    """The same version, the same timeouts; one request for one thing."""
    ours, theirs = said(tuned), said(shipped)
    assert ours.version == theirs.version
    assert ours.profile.timeouts == theirs.profile.timeouts
    assert (ours.profile.attempts_max, theirs.profile.attempts_max) == (1, RETRIES + 1)
