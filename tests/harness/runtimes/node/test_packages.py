import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.node import Node, install, installed, names
from midstream.harness.runtimes.node.packages import cache_path
from midstream.mock_server.core.errors import UnknownNameError

NAME = "openai-7.57.0"
STDERR = "npm warn x\nnpm error code EINTEGRITY\nnpm error not the one\nnpm error z\n"


@dataclass
class Npm:
    """Pretends to be npm: writes down what it gets, and makes empty packages."""

    fails: bool = False
    lies: bool = False
    commands: list[list[str]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, command: Sequence[str], folder: Path) -> None:
        """Do as if *command* had run in *folder*."""
        self.commands.append(list(command))
        read = {p.name: json.loads(p.read_bytes()) for p in folder.glob("*.json")}
        self.files.append(read)
        if self.fails:
            raise subprocess.CalledProcessError(1, command, "", STDERR)
        for wanted in () if self.lies else read["package.json"]["dependencies"]:
            package = folder / "node_modules" / wanted
            package.mkdir(parents=True)
            (package / "package.json").touch()


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    """Return a Node with an npm, and empty the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    npm = tmp_path / "n" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.parent.mkdir(parents=True)
    npm.touch()
    return Node("PATH", tmp_path / "n" / "bin" / "node", "24.19.0")


def test_npm_gets_the_lock_file_and_no_freedom(node: Node) -> None:
    """It may install what the lock file says, and runs no script of a package."""
    npm = Npm()
    assert install(NAME, node, run=npm) == cache_path(NAME) == installed(NAME)
    ((program, _, action, *options),) = npm.commands
    assert (program, action) == (str(node.path), "ci")
    assert "--ignore-scripts" in options
    (files,) = npm.files
    assert files["package.json"]["dependencies"] == {"openai": "7.57.0"}
    assert files["package-lock.json"]["packages"][""] == files["package.json"]


@pytest.mark.parametrize("name", names())
def test_every_pin_is_exact(node: Node, name: str) -> None:
    """Each package has one version, that of the set's name, and a hash."""
    npm = Npm()
    install(name, node, run=npm)
    packages = npm.files[0]["package-lock.json"]["packages"]
    wanted = packages.pop("")["dependencies"]
    assert name in {f"{package}-{version}" for package, version in wanted.items()}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert all(
        packages[f"node_modules/{package}"]["version"] == version
        for package, version in wanted.items()
    )


def test_a_second_call_runs_nothing(node: Node) -> None:
    """What is there is used, and the user is told where."""
    install(NAME, node, run=Npm())
    said: list[str] = []
    again = Npm()
    install(NAME, node, said.append, run=again)
    assert again.commands == []
    (line,) = said
    assert line.startswith(f"{NAME} ")
    assert line.endswith(f": {cache_path(NAME)}")


FAILURES = {
    "npm refuses": (Npm(fails=True), "code EINTEGRITY; npm error not the one$"),
    "npm lies": (Npm(lies=True), "did not install openai"),
}


@pytest.mark.parametrize(("npm", "complaint"), FAILURES.values(), ids=FAILURES)
def test_a_failure_leaves_nothing(node: Node, npm: Npm, complaint: str) -> None:
    """The reason is npm's own, and the cache is as it was."""
    with pytest.raises(UnavailableError, match=complaint):
        install(NAME, node, run=npm)
    assert list(cache_path(NAME).parent.iterdir()) == []
    with pytest.raises(UnavailableError, match="midstream node install"):
        installed(NAME)


def test_someone_may_be_faster(node: Node) -> None:
    """When two install at once, one folder stays, and both succeed."""

    def slow(command: Sequence[str], folder: Path) -> None:
        Npm()(command, folder)
        install(NAME, node, run=Npm())

    assert install(NAME, node, run=slow) == cache_path(NAME)
    assert [p.name for p in cache_path(NAME).parent.iterdir()] == [NAME]


def test_an_unknown_set_is_named() -> None:
    """A slip of the pen is told with what is near."""
    with pytest.raises(UnknownNameError, match=NAME):
        installed("openai-7.57.1")
