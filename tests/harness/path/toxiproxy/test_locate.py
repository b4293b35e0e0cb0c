from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.path.toxiproxy import Found, cache_path, find, find_or_explain

URLS = {
    "not this machine": "http://192.0.2.7:8474",
    "a name that may be anywhere": "http://toxiproxy:8474",
    "no port": "http://127.0.0.1",
    "port that is none": "http://127.0.0.1:99999",
    "encrypted": "https://127.0.0.1:8474",
    "no host": "http://:8474",
}


def program(path: Path) -> Path:
    """Make an executable file at *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with an empty cache, an empty PATH and nothing named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("MIDSTREAM_TOXIPROXY", raising=False)


def test_nothing_is_found_on_a_bare_machine() -> None:
    """Without one, the answer is None, and the message says what to type."""
    assert find() is None
    with pytest.raises(UnavailableError, match="midstream toxiproxy install"):
        find_or_explain()


def test_the_cache_comes_last(tmp_path: Path) -> None:
    """A program on PATH goes before the one that we installed."""
    program(cache_path())
    assert find() == Found("cache", path=cache_path())
    on_path = program(tmp_path / "bin" / "toxiproxy-server")
    assert find() == Found("PATH", path=on_path)


def test_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path in the environment goes before everything else."""
    program(cache_path())
    program(tmp_path / "bin" / "toxiproxy-server")
    own = program(tmp_path / "own")
    monkeypatch.setenv("MIDSTREAM_TOXIPROXY", str(own))
    assert find_or_explain() == Found("MIDSTREAM_TOXIPROXY", path=own)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_running_server_can_be_named(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """A URL on this machine is taken as it is."""
    monkeypatch.setenv("MIDSTREAM_TOXIPROXY", f"http://{host}:8474")
    found = find_or_explain()
    assert (found.path, str(found)) == (None, f"http://{host}:8474")


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_a_url_that_cannot_serve_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Its proxies would listen where no run could reach them."""
    monkeypatch.setenv("MIDSTREAM_TOXIPROXY", url)
    with pytest.raises(UnavailableError, match=r"http://127\.0\.0\.1"):
        find()


def test_a_named_program_that_is_not_there_is_never_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user asked for is used, or the mistake is told."""
    program(cache_path())
    monkeypatch.setenv("MIDSTREAM_TOXIPROXY", str(tmp_path / "missing"))
    with pytest.raises(UnavailableError, match="not an executable file"):
        find()


def test_a_file_that_is_no_program_is_not_found() -> None:
    """A half-written or plain file in the cache does not count."""
    program(cache_path()).chmod(0o644)
    assert find() is None
