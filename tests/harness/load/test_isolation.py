import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest

from midstream.harness import load

PURE = ["metrics", "report", "storm"]
"""The folders of the pure half; the others are what imports Locust."""


def modules() -> list[str]:
    """Return the full names of all modules of the pure half."""
    folders = [Path(load.__file__).parent / name for name in PURE]
    found = [
        f"{load.__name__}.{folder.name}.{module.name}"
        for folder in folders
        for module in iter_modules([str(folder)])
    ]
    assert len(found) > len(PURE)
    return found


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
    names = [f"{load.__name__}.errors", *modules()]
    code = (
        f"import sys, {', '.join(names)}; "
        "sys.exit(bool({'locust', 'gevent'} & set(sys.modules)))"
    )
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, check=False)  # noqa: S603 - our own program
    assert done.returncode == 0
