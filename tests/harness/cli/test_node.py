from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.runtimes import node
from midstream.harness.runtimes.node import Node, names

NODE = Node("PATH", Path("/opt/node"), "24.19.0")


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find Node in a place that need not be."""
    monkeypatch.setattr(node, "find_or_explain", lambda: NODE)


def test_the_path_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """A shell may use standard output as it is; which Node it is, is told beside."""
    assert main(["node", "path"]) == 0
    assert capsys.readouterr() == ("/opt/node\n", "Node 24.19.0 (PATH): /opt/node\n")


def test_all_sets_are_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One folder a line is the result; what goes on is told on standard error."""

    def install(name: str, found: Node, progress: object) -> Path:
        assert found is NODE
        assert callable(progress)
        progress(f"fetching {name}")
        return Path("/cache") / name

    monkeypatch.setattr(node, "install", install)
    assert main(["node", "install"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"/cache/{name}" for name in names()]
    assert err.splitlines()[1:] == [f"fetching {name}" for name in names()]
