from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.errors import UnavailableError
from midstream.harness.path import toxiproxy
from midstream.harness.path.toxiproxy import Found
from midstream.mock_server import load

RECORDING = """\
http_interactions:
- request: {method: get, uri: "https://api.example/v1/models", body: null}
  response:
    status: {code: 200}
    headers: {Content-Type: [application/json]}
    body: {string: '{"data":[]}'}
"""


def test_a_recording_becomes_a_cassette(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says where the cassette is, and it can be loaded."""
    (tmp_path / "seen.yml").write_text(RECORDING, encoding="utf-8")
    out = tmp_path / "seen.jsonl"
    assert main(["import", "vcr", f"{tmp_path}/seen.yml", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"cassette: {out}\n"
    (exchange,) = load(out).exchanges
    assert (exchange.path, exchange.body) == ("/v1/models", b'{"data":[]}')


def test_what_is_no_recording_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of another kind: one line, exit code 2, and nothing is written."""
    (tmp_path / "x.yml").write_text("just: words", encoding="utf-8")
    target = tmp_path / "out"
    assert main(["import", "vcr", f"{tmp_path}/x.yml", "--out", str(target)]) == 2
    assert "no VCR file" in capsys.readouterr().err
    assert not target.exists()


def test_the_path_of_toxiproxy_stands_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shell may use the output as it is."""
    found = Found("PATH", path=Path("/opt/toxiproxy-server"))
    monkeypatch.setattr(toxiproxy, "find_or_explain", lambda: found)
    assert main(["toxiproxy", "path"]) == 0
    assert capsys.readouterr().out == "/opt/toxiproxy-server\n"


def test_progress_of_an_installation_is_not_its_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What goes on is told on standard error, the path on standard output."""

    def install(progress: object) -> Path:
        assert callable(progress)
        progress("building")
        return Path("/cache/toxiproxy-server")

    monkeypatch.setattr(toxiproxy, "install", install)
    assert main(["toxiproxy", "install"]) == 0
    assert capsys.readouterr() == ("/cache/toxiproxy-server\n", "building\n")


def test_a_failed_installation_says_all_other_ways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message keeps its lines, and the exit code is that of wrong usage."""

    def install(_: object) -> Path:
        raise UnavailableError("no way worked\n  one\n  two")

    monkeypatch.setattr(toxiproxy, "install", install)
    assert main(["toxiproxy", "install"]) == 2
    assert capsys.readouterr().err == "midstream: no way worked\n  one\n  two\n"
