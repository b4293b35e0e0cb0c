from collections.abc import Iterator

import pytest

from midstream.harness.clients import _deep_chat
from tests.e2e.helpers_runs import RUNNER


@pytest.fixture(scope="session", autouse=True)
def _left_open() -> Iterator[None]:
    """End the browser that campaigns have shared, and then their event loop."""
    yield
    RUNNER.run(_deep_chat.close())
    RUNNER.close()


@pytest.fixture(autouse=True)
def _browser(request: pytest.FixtureRequest) -> None:
    """Start it before the test: what a test itself has started ends if it fails."""
    if request.node.get_closest_marker("chromium") is not None:
        RUNNER.run(_deep_chat.DeepChat("deep_chat", {}).aopen())
