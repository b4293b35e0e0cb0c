import stat
from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.browser import find


def program(path: Path, says: str = "Chromium 1.2.3.4 built on sand") -> Path:
    """Write a program that says what version it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin on a machine without any browser."""
    monkeypatch.delenv(find.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))


def test_the_environment_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that is named is taken, whatever is on PATH."""
    program(tmp_path / "bin" / "chromium")
    named = program(tmp_path / "mine")
    monkeypatch.setenv(find.VARIABLE, str(named))
    assert find.find() == named


def test_a_name_that_leads_nowhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names a browser does not get another one."""
    program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv(find.VARIABLE, str(tmp_path / "nothing"))
    with pytest.raises(UnavailableError, match=find.VARIABLE):
        find.find()


def test_path_goes_before_playwrights_own(tmp_path: Path) -> None:
    """Debian's Chromium is preferred to Chrome, and both to a download."""
    own = tmp_path / "own" / "chromium-1200" / "chrome-linux" / "chrome"
    program(own)
    assert find.find() == own
    chrome = program(tmp_path / "bin" / "google-chrome")
    assert find.find() == chrome
    chromium = program(tmp_path / "bin" / "chromium")
    assert find.find() == chromium


def test_where_there_is_none_it_says_how_to_get_one() -> None:
    """The message names the package, the command and the variable."""
    assert find.find() is None
    with pytest.raises(UnavailableError, match=r"package chromium.*MIDSTREAM_CHROMIUM"):
        find.find_or_explain()


@pytest.mark.process
def test_the_version_is_without_the_packagers_words(tmp_path: Path) -> None:
    """What is behind the number is not the browser's."""
    assert find.version(program(tmp_path / "a")) == "Chromium 1.2.3.4"
    assert find.version(program(tmp_path / "b", "odd")) == "odd"


@pytest.mark.process
def test_a_browser_that_does_not_run_is_none(tmp_path: Path) -> None:
    """A program that fails is reported by its path."""
    broken = program(tmp_path / "broken")
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    with pytest.raises(UnavailableError, match="broken does not run"):
        find.version(broken)
