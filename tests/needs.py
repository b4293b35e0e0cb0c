"""The one rule for what a test needs and a machine may lack.

``MIDSTREAM_REQUIRE`` is a comma-separated list: what it names must be there, so its
absence is an error. Anything else that is missing skips with the hint how to get it.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.errors import UnavailableError
from midstream.harness.path.toxiproxy import find
from midstream.harness.runtimes.node import find as find_node

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"


def _has(*modules: str) -> bool:
    return all(importlib.util.find_spec(module) for module in modules)


def _has_deep_chat() -> bool:
    """Say whether there are a browser, what drives it, and the component for it."""
    try:
        CLIENTS["deep_chat"]().info()
    except UnavailableError:
        return False
    return True


NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "toxiproxy": (lambda: find() is not None, "run: midstream toxiproxy install"),
    "chromium": (
        _has_deep_chat,
        "install chromium and midstream[browser]; run: midstream node install",
    ),
    "openai": (lambda: _has("openai"), "run: pip install 'midstream[openai]'"),
    "cc": (
        lambda: shutil.which(os.environ.get("CC") or "cc") is not None,
        "install a C compiler and the C library's headers: gcc, libc6-dev",
    ),
    "load": (lambda: _has("locust", "hdrh"), "run: pip install 'midstream[load]'"),
    "node": (
        lambda: find_node() is not None,
        "install Node 20 or newer, or: pip install 'midstream[node]'",
    ),
    "recordings": (RECORDINGS.is_dir, f"there are no recordings at {RECORDINGS}"),
}


def is_required(name: str) -> bool:
    """Say whether a test fails, not skips, where what has this *name* is missing."""
    return name in os.environ.get("MIDSTREAM_REQUIRE", "").split(",")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose need is missing, before its fixtures; fail it if required."""
    marks = {mark.name for mark in item.iter_markers()}
    for name, (is_there, hint) in NEEDS.items():
        if name not in marks or is_there():
            continue
        if is_required(name):
            pytest.fail(f"{name} is required and missing; {hint}")
        pytest.skip(f"{name} is missing; {hint}")


@pytest.fixture
def recordings() -> Path:
    """Return the folder of real recorded traffic, which is not part of the project."""
    return RECORDINGS
