import subprocess
import sys

import pytest

PURE = [
    "draw",
    "errors",
    "fault_check",
    "figures",
    "gates",
    "health",
    "histogram",
    "ledger",
    "limits",
    "measure",
    "path_fault",
    "ranges",
    "report.html",
    "report.text",
    "result",
    "schedule",
    "series",
    "share",
    "storm",
    "storm_check",
    "storm_file",
    "stream",
    "summing",
    "tally",
    "units",
    "worst",
]
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


@pytest.mark.process
def test_the_pure_half_brings_neither_locust_nor_gevent() -> None:
    """Importing all of it in a fresh process loads nothing that patches."""
    modules = ", ".join(f"midstream.harness.load.{name}" for name in PURE)
    code = (
        f"import sys, {modules}; "
        "sys.exit(bool({'locust', 'gevent'} & set(sys.modules)))"
    )
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, check=False)  # noqa: S603 - our own program
    assert done.returncode == 0
