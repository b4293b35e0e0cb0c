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
