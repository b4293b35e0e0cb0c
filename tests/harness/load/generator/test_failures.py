from pathlib import Path

import msgspec
import pytest

from midstream.harness.cli import main
from midstream.harness.load.generator.failures import PER_VERDICT, Kept
from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.record.bodies import FORMAT
from midstream.harness.record.case import Case
from midstream.harness.record.history import Record, read
from tests.harness.helpers_history import answer, appended, begin, history

CUT = Verdict.SILENT_TRUNCATION
CASE = begin().case


def records() -> list[Record]:
    """Return the history of a client that shows half and calls it the whole."""
    return history(*answer(*appended("alpha ", "bravo ")))


def test_what_is_kept_is_a_run_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Case and history are there as they were, and `check` finds the same verdict."""
    place = Path(Kept(tmp_path).store(CASE, records(), CUT))
    said = msgspec.json.decode((place / "case.json").read_bytes())
    assert said.pop("format") == FORMAT
    case = msgspec.convert(said, Case)
    assert case == CASE
    assert list(read(place / "history.jsonl")) == records()
    assert main(["check", str(place)]) == 1
    assert "SILENT_TRUNCATION" in (told := capsys.readouterr().out)
    assert "same as stored" in told


def test_a_few_of_each_verdict_are_kept(tmp_path: Path) -> None:
    """Each in a place of its own; those beyond are not, and other verdicts still."""
    kept = Kept(tmp_path)
    places = [kept.store(CASE, records(), CUT) for _ in range(PER_VERDICT + 2)]
    assert len(set(filter(None, places))) == PER_VERDICT
    assert places[PER_VERDICT:] == ["", ""]
    assert kept.store(CASE, records(), Verdict.HUNG).endswith("hung-1")


def test_a_history_that_was_too_long_is_not_kept(tmp_path: Path) -> None:
    """It takes no room of those that can be."""
    kept = Kept(tmp_path)
    assert kept.store(CASE, None, CUT) == ""
    assert kept.store(CASE, records(), CUT).endswith("silent_truncation-1")


def test_nothing_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    """The directory is made with the first that is kept."""
    Kept(tmp_path / "worker-0")
    assert not list(tmp_path.iterdir())


def test_text_that_no_utf8_has_is_kept_all_the_same(tmp_path: Path) -> None:
    """What a client shows may be anything; a lone surrogate is kept as U+FFFD."""
    odd = history(*answer(*appended("alpha \ud800")))
    place = Path(Kept(tmp_path).store(CASE, odd, CUT))
    stored = judge(read(place / "history.jsonl"))
    assert stored.verdict is judge(odd).verdict


def test_a_place_that_cannot_be_written_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict stands without; thousands of streams say it no louder."""
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file" / "worker-0")
    assert [kept.store(CASE, records(), CUT) for _ in range(3)] == ["", "", ""]
    assert capsys.readouterr().err.count("cannot be written: Not a directory") == 1
