"""Node as the tests need it: whether it is there, and programs that speak in lines."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from midstream.harness.runtimes.node import PROGRAMS, find, names
from midstream.harness.runtimes.node.packages import cache_path
from tests.needs import is_required

_IS_REQUIRED = is_required("node")

needs_node = pytest.mark.skipif(
    not _IS_REQUIRED and find() is None,
    reason="node is missing; run: pip install 'midstream[node]'",
)
"""Skips without Node, unless ``MIDSTREAM_REQUIRE`` has "node": then it fails."""

needs_packages = pytest.mark.skipif(
    not _IS_REQUIRED
    and not (find() and all(cache_path(name).is_dir() for name in names())),
    reason="npm packages are missing; run: midstream node install",
)
"""The same, for Node and all the packages that our clients wrap."""


class Program:
    """A running program that speaks the protocol of client programs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def say(self, **order: Any) -> None:  # noqa: ANN401 - JSON
        """Write one order."""
        assert self.process.stdin is not None
        line = json.dumps(order, ensure_ascii=False)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def job(self, name: str, turn: str) -> None:
        """Give it a job of one turn."""
        self.say(do="job", job=name, turns=[turn])

    def hear(self) -> dict[str, Any]:
        """Return the next object it writes."""
        assert self.process.stdout is not None
        heard: dict[str, Any] = json.loads(self.process.stdout.readline())
        return heard

    def leave(self) -> tuple[int, str, str]:
        """Close its standard input; return its exit code and all it still said."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def speaking(script: Path, source: str) -> Iterator[Program]:
    """Run *source*, written to *script*, with ``serve`` imported; greet it."""
    found = find()
    assert found is not None, "needs_node is missing from the test"
    protocol = (PROGRAMS / "protocol.mjs").as_uri()
    script.write_text(f'import {{ serve }} from "{protocol}";\n{source}', "utf-8")
    with subprocess.Popen(  # noqa: S603 - our own program
        [found.path, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield Program(process)
        finally:
            process.kill()
