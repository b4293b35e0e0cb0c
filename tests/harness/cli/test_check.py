from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from midstream.harness.cli import main
from midstream.harness.oracle import judge as real_oracle
from midstream.harness.oracle.verdict import Grade, Judgement
from midstream.harness.record.case import Case, ClientInfo, Expect
from midstream.harness.record.history import CaseBegin, ClientExit, Record, Recorder
from tests.harness.reports.helpers_reports import judged


@pytest.fixture(autouse=True)
def oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put in the oracle's place one that believes what the client's exit says."""

    def judge(records: Iterable[Record]) -> Judgement:
        (last,) = [r.body for r in records if isinstance(r.body, ClientExit)]
        return judged(Grade(last.text), reason="so the history says")

    def explain(_: Judgement, records: Iterable[Record]) -> tuple[str, ...]:
        return (f"in {len(list(records))} records",)

    monkeypatch.setattr(real_oracle, "judge", judge)
    monkeypatch.setattr(real_oracle, "explain", explain)
    monkeypatch.setattr(real_oracle, "encode", msgspec.json.encode)


def stored(directory: Path, grade: Grade, *, is_golden: bool = False) -> Path:
    """Store a run that the oracle will give *grade*, without a verdict."""
    directory.mkdir(parents=True)
    clock = iter(range(0, 10**10, 5 * 10**8))
    recorder = Recorder(directory / "history.jsonl", lambda: next(clock))
    case = Case(
        scenario="family/case",
        seed=77,
        client=ClientInfo(name="naive", version="1", level=2),
        turns=("hello",),
        faults=(),
        expect=Expect(ok=("RECOVERED",)),
        fault_class="recoverable",
        budget_s=1.0,
        is_golden=is_golden,
    )
    recorder.add("harness", CaseBegin(case=case, tool="0.1.0", toxiproxy="2.12.0"))
    recorder.add("client", ClientExit(how="returned", text=grade))
    recorder.close()
    return directory


CODES = {Grade.OK: 0, Grade.FAILED: 1, Grade.INVALID: 3, Grade.NON_STRICT: 0}


@pytest.mark.parametrize(("grade", "code"), CODES.items(), ids=CODES)
def test_the_exit_code_is_the_grades(grade: Grade, code: int, tmp_path: Path) -> None:
    """A stored run exits as the live one did."""
    assert main(["check", str(stored(tmp_path / "r", grade))]) == code


def test_a_missing_verdict_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first check stores its verdict; the second finds the very same bytes."""
    run = stored(tmp_path / "r", Grade.OK)
    main(["check", str(run)])
    assert "verdict.json: written" in capsys.readouterr().out
    data = (run / "verdict.json").read_bytes()
    assert main(["check", str(run)]) == 0
    assert "verdict.json: same as stored" in capsys.readouterr().out
    assert (run / "verdict.json").read_bytes() == data


def test_a_verdict_that_differs_is_said_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another verdict than the stored one is never a pass."""
    run = stored(tmp_path / "r", Grade.OK)
    (run / "verdict.json").write_bytes(b"{}")
    assert main(["check", str(run)]) == 3
    assert "DIFFERS" in capsys.readouterr().out
    assert (run / "verdict.json").read_bytes() == b"{}"


def test_a_failure_outranks_a_difference(tmp_path: Path) -> None:
    """A run that FAILED exits with 1, whatever was stored."""
    run = stored(tmp_path / "r", Grade.FAILED)
    (run / "verdict.json").write_bytes(b"{}")
    assert main(["check", str(run)]) == 1


def test_update_takes_the_verdict_of_this_version(tmp_path: Path) -> None:
    """With --update the stored verdict is replaced, and the grade decides."""
    run = stored(tmp_path / "r", Grade.OK)
    (run / "verdict.json").write_bytes(b"{}")
    assert main(["check", "--update", str(run)]) == 0
    assert main(["check", str(run)]) == 0


def test_strict_is_strict_here_too(tmp_path: Path) -> None:
    """A tolerated run exits with 4 if asked to."""
    run = stored(tmp_path / "r", Grade.NON_STRICT)
    assert main(["check", "--strict", str(run)]) == 4


def test_a_folder_of_runs_is_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All runs below a folder are judged, in the order of their paths."""
    stored(tmp_path / "b" / "deep", Grade.OK)
    stored(tmp_path / "a", Grade.FAILED)
    assert main(["check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "FAILED" in lines[0]
    assert "OK" in lines[1]
    assert lines[-1].startswith("2 runs: 1 OK")


def test_a_golden_run_is_judged_only_if_it_is_named(tmp_path: Path) -> None:
    """A folder's exit code is that of the runs that its campaign reported."""
    stored(tmp_path / "run", Grade.OK)
    golden = stored(tmp_path / "golden-0", Grade.FAILED, is_golden=True)
    assert main(["check", str(tmp_path)]) == 0
    assert main(["check", str(golden)]) == 1


def test_a_failure_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason, the oracle's explanation, the time and the place are printed."""
    main(["check", str(stored(tmp_path / "r", Grade.FAILED))])
    text = capsys.readouterr().out
    assert "so the history says" in text
    assert "in 2 records" in text
    assert "1.00s" in text
    assert f"run:    {tmp_path}/r" in text


def test_a_folder_without_a_run_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to judge is a mistake, not a pass."""
    assert main(["check", str(tmp_path)]) == 2
    assert "no run is stored here" in capsys.readouterr().err


def test_a_broken_history_is_named_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read is said with its place, without a traceback."""
    run = stored(tmp_path / "r", Grade.OK)
    with (run / "history.jsonl").open("ab") as file:
        file.write(b"{nonsense}\n")
    assert main(["check", str(run)]) == 2
    assert "history.jsonl, line 4" in capsys.readouterr().err
