import socket
from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.commands import _checks
from midstream.harness.commands._checks import DoctorCheck
from midstream.harness.errors import UnavailableError
from midstream.harness.path import toxiproxy
from midstream.harness.path.toxiproxy import Found


def test_an_old_python_is_found() -> None:
    """Python 3.10 is too old, 3.11 will do."""
    assert not _checks.python((3, 10, 9)).is_ok
    assert _checks.python((3, 11, 0)).is_ok


def test_a_package_is_told_with_its_version() -> None:
    """What is there is named, what is not has a remedy."""
    assert _checks.package("msgspec", "").text.startswith("msgspec 0.")
    absent = _checks.package("no-such-distribution", "get it", is_needed=False)
    assert absent == DoctorCheck(
        False, "no-such-distribution is not installed (optional)", "get it", False
    )


def test_a_second_owner_of_an_import_name_is_found() -> None:
    """Two distributions that ship `midstream` overwrite each other: say which."""
    found = _checks.owner(["midstream", "other"])
    assert not found.is_ok
    assert "other" in found.text
    assert "pip uninstall other" in found.remedy


def test_an_import_name_of_ours_is_ours() -> None:
    """As the only owner, or as an editable install that owns no files."""
    assert _checks.owner(["midstream"]).is_ok
    assert _checks.owner([]).is_ok


def test_the_loopback_can_be_listened_on() -> None:
    """The real interface will do; an address that is not ours will not."""
    assert _checks.loopback().is_ok
    assert not _checks.loopback("192.0.2.1").is_ok


def test_a_taken_loopback_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox without sockets gets a remedy, not a traceback."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_server", refuse)
    found = _checks.loopback()
    assert "Operation not permitted" in found.text
    assert found.remedy


def test_a_cache_need_not_be_there_yet(tmp_path: Path) -> None:
    """It will be made; but not below a file."""
    (tmp_path / "file").touch()
    assert _checks.writable(tmp_path / "a" / "b").is_ok
    assert not _checks.writable(tmp_path / "file" / "b").is_ok


def program(folder: Path, script: str) -> Found:
    """Return a program that stands for Toxiproxy."""
    path = folder / "toxiproxy-server"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Found("PATH", path=path)


TOLD = {
    "the right one": ("echo toxiproxy-server version 2.12.0", True, True),
    "another version works, perhaps": ("echo toxiproxy 2.1.4", False, False),
    "it cannot run": ("exit 3", False, True),
}


@pytest.mark.process
@pytest.mark.parametrize(("script", "is_ok", "is_needed"), TOLD.values(), ids=TOLD)
def test_toxiproxy_is_asked_for_its_version(
    script: str,
    is_ok: bool,
    is_needed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was found is run: a file of that name proves nothing."""
    found = program(tmp_path, script)
    monkeypatch.setattr(toxiproxy, "find_or_explain", lambda: found)
    check = _checks.toxiproxy()
    assert (check.is_ok, check.is_needed) == (is_ok, is_needed)
    assert check.is_ok or check.remedy


def test_toxiproxys_absence_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Toxiproxy nothing runs, and the way to get it is said."""

    def absent() -> None:
        raise UnavailableError("it is not here")

    monkeypatch.setattr(toxiproxy, "find_or_explain", absent)
    check = _checks.toxiproxy()
    assert check == DoctorCheck(
        False, "Toxiproxy: it is not here", "midstream toxiproxy install"
    )


CODES = {
    "all there": ([DoctorCheck(True, "a")], 0, "✓ a\nready\n"),
    "something needed is missing": (
        [DoctorCheck(True, "a"), DoctorCheck(False, "b", "get b")],
        3,
        "✓ a\n✗ b; remedy: get b\nnot ready\n",
    ),
    "something optional is missing": (
        [DoctorCheck(False, "c", "get c", is_needed=False)],
        0,
        "- c; remedy: get c\nready\n",
    ),
}


@pytest.mark.parametrize(("found", "code", "text"), CODES.values(), ids=CODES)
def test_the_doctor_says_what_to_do(
    found: list[DoctorCheck],
    code: int,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line for each answer, a remedy where one is needed, and the exit code."""
    monkeypatch.setattr(_checks, "checks", lambda: iter(found))
    assert main(["doctor"]) == code
    assert capsys.readouterr().out == text


@pytest.mark.process
def test_all_questions_are_asked() -> None:
    """Python, packages, owners, loopback, cache and Toxiproxy are looked at."""
    text = "\n".join(check.text for check in _checks.checks())
    for word in ("Python", "aiohttp", "openai", "'midstream'", "127.0.0.1", "cache"):
        assert word in text
    assert "toxiproxy" in text.lower().replace("toxiproxy-python", "")
