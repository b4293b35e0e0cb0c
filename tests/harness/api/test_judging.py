from pathlib import Path

import pytest

from midstream import Grade, HistoryError, judge
from midstream.harness.oracle.judge import judge as judge_records
from midstream.harness.record import history
from midstream.harness.record.case import Case, ClientInfo, Expect
from midstream.harness.record.history import CaseBegin, ClientExit, Recorder


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Return the directory of a run in which next to nothing happened."""
    recorder = Recorder(tmp_path / "history.jsonl", lambda: 0)
    case = Case(
        scenario="family/case",
        seed=7,
        client=ClientInfo(name="mine", version="1", level=1),
        turns=("hello",),
        faults=(),
        expect=Expect(ok=("RECOVERED",)),
        fault_class="recoverable",
        budget_s=1.0,
    )
    recorder.add("harness", CaseBegin(case=case, tool="0.1.0", toxiproxy="2.12.0"))
    recorder.add("client", ClientExit(how="returned", text=""))
    recorder.close()
    return tmp_path


def test_a_run_is_named_by_its_directory_or_its_history(stored: Path) -> None:
    """Both lead to what the oracle says of the history; nothing is written."""
    file = stored / "history.jsonl"
    said = judge(stored)
    assert said == judge(str(file)) == judge_records(history.read(file))
    assert (said.client, said.seed) == ("mine", 7)
    assert said.grade is not Grade.OK  # nothing passes by default
    assert list(stored.iterdir()) == [file]


def test_a_place_without_a_run_is_said(tmp_path: Path) -> None:
    """The message names the file that is missing."""
    with pytest.raises(HistoryError, match=r"history\.jsonl: No such file"):
        judge(tmp_path)
