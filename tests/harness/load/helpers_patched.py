"""Tests that need a process in which gevent has patched everything, as Locust's are.

Ours must not be one: asyncio, and all other tests, would be changed with it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

P = ParamSpec("P")
_MARK = "MIDSTREAM_TESTS_PATCHED"
_ROOT = Path(__file__).parents[3]
_PATCHED_PYTEST = (
    "from gevent import monkey; monkey.patch_all(); "
    "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
)


def patched(test: Callable[P, None]) -> Callable[P, None]:
    """Run *test*, fixtures and all, by a pytest of its own in a patched process."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if _MARK in os.environ:
            test(*args, **kwargs)
            return
        name = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
        argv = [sys.executable, "-c", _PATCHED_PYTEST, "-q", "-pno:cacheprovider", name]
        done = subprocess.run(  # noqa: S603 - our own program
            argv,
            check=False,
            cwd=_ROOT,
            env={**os.environ, _MARK: "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    return run
