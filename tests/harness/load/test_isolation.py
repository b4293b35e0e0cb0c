import sys

import pytest

PURE: tuple[str, ...] = ()
"""The modules of the pure half; the other half is what imports Locust."""


def test_our_own_process_is_not_patched(request: pytest.FixtureRequest) -> None:
    """Locust's plugin for pytest stays out, so that nothing here imports Locust."""
    assert not request.config.pluginmanager.has_plugin("locust")
    assert "locust" not in sys.modules


@pytest.mark.load
def test_gevent_has_patched_nothing_here() -> None:
    """What gevent itself says of this process: the socket module is Python's own."""
    from gevent.monkey import is_module_patched

    assert not is_module_patched("socket")
