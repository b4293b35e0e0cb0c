import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from midstream.harness.cli import main
from tests.helpers import until

pytestmark = pytest.mark.toxiproxy

GOOD, BAD = "midstream/cut_after_first_delta", "protocol/early_end_mid_answer"


def document(path: Path) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Return the JSON at *path*."""
    return json.loads(path.read_bytes())


def test_the_reference_client_passes_and_the_proof_is_in_the_file(
    tmp_path: Path,
) -> None:
    """A cut through the real Toxiproxy: exit 0, fault fired, effect proven."""
    file = tmp_path / "r.json"
    out = ["--out", str(tmp_path / "runs"), "--json", str(file)]
    assert main(["run", "--client", "reference", GOOD, *out]) == 0
    (run,) = document(file)["runs"]
    (fault,) = run["faults"]
    assert fault["fired"] is True
    assert fault["effect"]
    assert document(file)["toxiproxy"]["version"].startswith("2.")


def test_a_stored_run_is_judged_the_same_offline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The naive client fails; check says so again, byte for byte."""
    assert main(["run", "--client", "naive", BAD, "--out", str(tmp_path)]) == 1
    assert f"repeat: midstream run --client naive --seed 0 {BAD}\n" in (
        capsys.readouterr().out
    )
    assert main(["check", str(tmp_path / "latest")]) == 1
    told = capsys.readouterr().out
    assert "SILENT_TRUNCATION" in told
    assert "verdict.json: same as stored" in told


def test_the_matrix_tells_who_survived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two clients, one fault: one survives it, the other does not notice."""
    clients = ["--clients", "reference,naive", "--out", str(tmp_path)]
    assert main(["matrix", *clients, BAD]) == 1
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [BAD, "✓", "RECOVERED", "✗", "SILENT_TRUNCATION"] in rows


def test_repeats_are_runs_of_their_own_with_one_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has a directory that can be judged again; all of them agree."""
    file = tmp_path / "r.json"
    out = ["--out", str(tmp_path / "runs"), "--json", str(file), "--repeat", "3"]
    assert main(["run", "--client", "reference", GOOD, *out]) == 0
    told = capsys.readouterr().out
    assert "agreement: 1 of 1 cells agree in all 3 repeats" in told
    runs = document(file)["runs"]
    assert len({run["seed"] for run in runs}) == 1
    assert len({run["dir"] for run in runs}) == 3
    assert main(["check", str(tmp_path / "runs" / "latest")]) == 0


def test_ctrl_c_reports_what_has_finished(tmp_path: Path) -> None:
    """Interrupted after the first run: 130, a whole report, and no process left."""
    file = tmp_path / "r.json"
    command = [
        sys.executable,
        "-m",
        "midstream",
        "run",
        "--client",
        "reference",
    ]
    options = ["--jobs", "1", "--out", str(tmp_path / "runs"), "--json", str(file)]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, *options],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert "1/" in first
    assert process.returncode == 130
    assert rest.splitlines()[-1].startswith("report: ")
    assert document(file)["runs"]
    asyncio.run(until(lambda: not members(process.pid)))


def members(session: int) -> list[str]:
    """Return the command lines of the processes that belong to *session*."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while we look
            if os.getsid(int(entry.name)) == session:
                found.append((entry / "cmdline").read_text())
    return found


def test_a_terminal_sees_the_table_and_then_the_report(tmp_path: Path) -> None:
    """On a real terminal the live table comes first and leaves no cursor hidden."""
    command = [
        sys.executable,
        "-m",
        "midstream",
        "run",
        "--client",
        "reference",
        GOOD,
    ]
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--out", str(tmp_path)],
        stdin=theirs,
        stdout=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        text = everything(ours)
    assert process.returncode == 0
    assert "UNSUPPORTED" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert text.splitlines()[-1].startswith("report: ")


def everything(terminal: int) -> str:
    """Return all that comes out of *terminal* until its other end is closed."""
    data = bytearray()
    try:
        while piece := os.read(terminal, 4096):
            data += piece
    except OSError:  # Linux says EIO where others say end of file
        pass
    finally:
        os.close(terminal)
    return data.decode()
