import shlex
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from midstream.harness.cli import main
from tests.harness.cli.helpers_cli import install_runner
from tests.harness.reports.helpers_reports import failed
from tests.harness.runtimes.programs.helpers_programs import GOOD, alive, script, talker

pytestmark = pytest.mark.process

TINY = shlex.join(script(GOOD))
SCENARIO = """\
description = "Nothing goes wrong."
expectation = "The client shows the answer."
sources = ["this test"]
phase = "none"
fault_class = "ignorable"
cassettes = ["openai_assistants/short_answer"]
idle_s = 5.0
budget_s = """
WRONG = {
    "quotes that do not match": ("'node", "No closing quotation"),
    "nothing": ("", "--client-cmd is empty"),
    "no program": ("no-such-program x", "'no-such-program' is not a program on PATH"),
    "no client": ("echo hello", "protocol error, line 1: 'hello': it is not JSON"),
}
ENDS = {
    "rubbish": (9.0, "print('?', flush=True); hear()", "protocol error, line 2: '?'"),
    "death": (9.0, "sys.exit('Oh no.')", "it ended with exit status 1"),
    "silence": (1.5, "time.sleep(600)", "HUNG"),
}


def test_a_program_is_repeated_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report says how to start again what it is about."""
    file = tmp_path / "tiny client.py"
    file.write_text(script(GOOD)[-1], encoding="utf-8")
    command = shlex.join([sys.executable, str(file)])
    outcome = failed("family/case_0")
    said = msgspec.structs.replace(outcome.judgement, client="tiny")
    install_runner(monkeypatch, tmp_path, replace(outcome, judgement=said))
    main(["run", "--client-cmd", command])
    words = ["run", "--client-cmd", command, "--seed", "0", "family/case_0"]
    assert f"repeat: {shlex.join(['midstream', *words])}\n" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "why"), WRONG.values(), ids=WRONG)
def test_a_command_that_is_no_client_is_wrong_usage(
    command: str,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line that says what is wrong, exit code 2, and nothing runs."""
    runner = install_runner(monkeypatch, tmp_path)
    assert main(["run", "--client-cmd", command]) == 2
    assert why in capsys.readouterr().err
    assert runner.settings is None


def test_a_program_joins_the_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its column stands behind those of the clients by name."""
    install_runner(monkeypatch, tmp_path, failed("family/case_0"))
    main(["matrix", "--clients", "fake", "--client-cmd", TINY])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[-2:] for row in rows if "tiny" in row and "fake" in row] == [
        ["fake", "tiny"]
    ]


def test_two_clients_of_one_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They would share a column and a directory."""
    install_runner(monkeypatch, tmp_path)
    both = ["--client-cmd", TINY, "--client-cmd", TINY]
    assert main(["matrix", "--clients", "fake", *both]) == 2
    assert "two clients are called 'tiny'" in capsys.readouterr().err


def test_client_and_command_exclude_each_other() -> None:
    """One of the two is needed, and no more."""
    for options in ([], ["--client", "naive", "--client-cmd", "x"]):
        with pytest.raises(SystemExit) as ended:
            main(["run", *options])
        assert ended.value.code == 2


@pytest.mark.toxiproxy
@pytest.mark.parametrize(("budget_s", "body", "why"), ENDS.values(), ids=ENDS)
def test_a_bad_program_is_found_guilty(
    budget_s: float,
    body: str,
    why: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Through the real thing: FAILED, said plainly, and no process is left."""
    scenario = tmp_path / "calm.toml"
    scenario.write_text(f"{SCENARIO}{budget_s}", encoding="utf-8")
    command = shlex.join([*talker(body), str(tmp_path)])
    options = ["--client-cmd", command, "--out", str(tmp_path / "runs")]
    assert main(["run", *options, str(scenario)]) == 1
    assert why in capsys.readouterr().out
    assert not alive(str(tmp_path))


@pytest.mark.toxiproxy
def test_a_program_that_only_prints_is_judged_by_its_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Level 0: exit code 0 without the answer is a silent truncation."""
    scenario = tmp_path / "calm.toml"
    scenario.write_text(f"{SCENARIO}9.0", encoding="utf-8")
    command = shlex.join(script("print('Because Earth')"))
    options = ["--client-level", "0", "--out", str(tmp_path / "runs"), str(scenario)]
    assert main(["run", "--client-cmd", command, *options]) == 1
    told = capsys.readouterr().out
    assert "--client-level 0 --seed 0" in told
    assert "✗ FAILED" in told
