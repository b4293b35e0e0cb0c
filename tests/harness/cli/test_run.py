import json
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from midstream.harness.cli import main
from midstream.harness.clients import CLIENTS
from midstream.harness.errors import UnavailableError
from midstream.harness.oracle.verdict import Grade
from tests.harness.cli.helpers_cli import FakeRunner, client_class, install_runner
from tests.harness.reports.helpers_reports import failed, graded

RUN = ["run", "--client", "fake"]
CODES = {
    "all OK": ([Grade.OK], [], 0),
    "NON_STRICT": ([Grade.OK, Grade.NON_STRICT], [], 0),
    "NON_STRICT with --strict": ([Grade.OK, Grade.NON_STRICT], ["--strict"], 4),
    "FAILED beside INVALID": ([Grade.INVALID, Grade.FAILED], [], 1),
    "INVALID": ([Grade.OK, Grade.INVALID], [], 3),
    "UNSUPPORTED": ([Grade.UNSUPPORTED], [], 0),
}


@pytest.mark.parametrize(("grades", "options", "code"), CODES.values(), ids=CODES)
def test_the_worst_grade_is_the_exit_code(
    grades: list[Grade],
    options: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command returns what scripts depend on."""
    install_runner(monkeypatch, tmp_path, *graded(*grades))
    assert main([*RUN, *options]) == code


def test_plain_output_is_a_line_a_run_and_an_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal: a line for each run, the failures, the report's place."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK), failed())
    main(RUN)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("[1/2]  ✓ OK")
    assert lines[1].startswith("[2/2]  ✗ FAILED")
    assert "    repeat: midstream run --client naive --seed 0 " in "\n".join(lines)
    assert lines[-2].startswith("2 runs: 1 OK, 0 NON_STRICT, 1 FAILED")
    assert lines[-1] == f"report: {tmp_path / 'now'}"


@pytest.mark.parametrize(
    ("options", "repeated"),
    [
        ([], "--seed 0 protocol/early_end"),
        (["--jobs", "3"], "--seed 0 --jobs 3 protocol/early_end"),
        (
            ["--seed", "5", "--repeat", "2", "--jobs", "1"],
            "--seed 5 --repeat 2 --jobs 1 protocol/early_end",
        ),
        (["--repeat", "2", "--jobs", "4"], "--seed 0 --repeat 2 protocol/early_end"),
    ],
    ids=["as usual", "jobs", "repeats one by one", "as many jobs as usual"],
)
def test_the_repeat_line_repeats_what_ran_beside(
    options: list[str],
    repeated: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A client may fail only where several of its conversations go on at once."""
    runner = install_runner(monkeypatch, tmp_path, failed())
    main([*RUN, *options])
    line = next(at for at in capsys.readouterr().out.splitlines() if "repeat:" in at)
    assert line == f"    repeat: midstream run --client naive {repeated}"
    *again, _ = line.partition("--client naive ")[2].split()
    anew = install_runner(monkeypatch, tmp_path, failed())
    main([*RUN, *again])
    assert _asked(anew) == _asked(runner)


def _asked(runner: FakeRunner) -> dict[str, object]:
    """Return how *runner* was told to run."""
    assert runner.settings is not None
    return vars(runner.settings)


def test_the_files_that_are_asked_for_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json and --junit write whole files, below folders they make, and say where."""
    install_runner(monkeypatch, tmp_path, failed())
    main([*RUN, "--json", f"{tmp_path}/a/r.json", "--junit", f"{tmp_path}/r.xml"])
    document = json.loads((tmp_path / "a/r.json").read_bytes())
    assert document["client"]["name"] == "fake"
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:-1] == [f"json: {tmp_path}/a/r.json", f"junit: {tmp_path}/r.xml"]
    assert document["toxiproxy"]["version"] == "2.12.0"
    assert document["summary"]["FAILED"] == 1
    assert ET.parse(tmp_path / "r.xml").getroot().get("failures") == "1"  # noqa: S314 - ours


def test_the_options_reach_the_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs, seed, repeats, directory and patterns are passed on as given."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    options = ["--jobs", "9", "--seed", "5", "--repeat", "3", "--out", str(tmp_path)]
    main([*RUN, *options, "family/case_1"])
    asked = {"jobs": 9, "seed": 5, "repeat": 3, "out": tmp_path}
    assert vars(runner.settings) == asked
    assert runner.selected[0] == ["family/case_1"]


def test_the_defaults_are_four_jobs_and_a_fixed_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two calls without options ask for the same thing."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    main(RUN)
    asked = {"jobs": 4, "seed": 0, "repeat": 1, "out": Path("runs")}
    assert vars(runner.settings) == asked


def test_an_unknown_scenario_names_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pattern that matches nothing is wrong usage, and nothing runs."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    assert main([*RUN, "family/case_x"]) == 2
    assert "did you mean 'family/case_" in capsys.readouterr().err
    assert runner.settings is None


def test_an_unknown_client_names_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that does not exist is wrong usage."""
    install_runner(monkeypatch, tmp_path)
    assert main(["run", "--client", "naiv"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("midstream: ")
    assert "'naiv'" in line
    assert "did you mean 'naive'" in line


def test_a_client_that_is_not_installed_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a client wraps may be missing: one line, and nothing runs."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    absent = client_class("absent", UnavailableError("type: pip install it"))
    monkeypatch.setitem(CLIENTS._found, "absent", absent)
    assert main(["run", "--client", "absent"]) == 2
    assert capsys.readouterr().err == "midstream: type: pip install it\n"
    assert runner.settings is None


def test_an_unwritable_report_is_noticed_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits a minute to be told that the disk says no."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    assert main([*RUN, "--json", str(tmp_path)]) == 2
    assert "is a directory" in capsys.readouterr().err
    assert runner.settings is None


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "²"])
def test_jobs_must_be_a_number_above_zero(jobs: str) -> None:
    """Anything else is wrong usage."""
    with pytest.raises(SystemExit) as ended:
        main([*RUN, "--jobs", jobs])
    assert ended.value.code == 2


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_campaign_reports_what_has_finished(
    sign: signal.Signals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C and SIGTERM keep the runs that are over, in the files too: 130."""
    outcomes = graded(Grade.FAILED, Grade.OK)
    install_runner(monkeypatch, tmp_path, *outcomes, interruption=sign)
    assert main([*RUN, "--json", str(tmp_path / "r.json")]) == 130
    assert len(json.loads((tmp_path / "r.json").read_bytes())["runs"]) == 1
    assert "1 run: 0 OK, 0 NON_STRICT, 1 FAILED" in capsys.readouterr().out


def test_sigterm_is_ours_only_while_we_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a campaign, SIGTERM does again what it did before."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    before = signal.getsignal(signal.SIGTERM)
    main(RUN)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_scenario_of_ones_own_is_repeated_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that repeats a run names the file the user named."""
    install_runner(monkeypatch, tmp_path, failed("mine"))
    main([*RUN, "dir/mine.toml"])
    assert "--seed 0 dir/mine.toml\n" in capsys.readouterr().out
