import subprocess
import sys

import pytest

from midstream.harness import __version__
from midstream.harness.cli import main
from midstream.harness.commands import COMMANDS
from midstream.harness.errors import HarnessError, ScenarioError, UnavailableError
from midstream.mock_server import CassetteError, PortError
from midstream.scenarios import ScenarioFileError

HEAVY = (
    "aiohttp",
    "asyncio",
    "midstream.mock_server.library",
    "openai",
    "requests",
    "rich",
)
NAMES = [name.removesuffix("_") for name in COMMANDS]
PROGRAM = """\
import sys
from midstream.harness.cli import main
try:
    main(sys.argv[1:])
finally:
    loaded = [name for name in {heavy!r} if name in sys.modules]
    print("HEAVY:", *loaded, file=sys.stderr)
"""


@pytest.mark.process
@pytest.mark.parametrize("words", [[], ["run"], ["matrix"], ["list"], ["check"]])
def test_help_is_light(words: list[str]) -> None:
    """Help imports nothing heavy, so that it is there at once."""
    program = PROGRAM.format(heavy=HEAVY)
    command = [sys.executable, "-c", program, *words, "--help"]
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: midstream")
    assert done.stderr == "HEAVY:\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The overview has all commands, where to begin, and the exit codes."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n    {name}" in text for name in NAMES)
    assert "begin here:" in text
    codes = text.partition("exit codes:")[2].split("\n")
    assert [line.split()[0] for line in codes if line] == [*"01234", "130"]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_teaches_by_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command's help shows what to type, and what it is good for."""
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"midstream {name}" in text.partition("examples:")[2]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version alone, for scripts."""
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"{__version__}\n"


def test_an_unknown_command_names_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip of the finger is answered with the command that was meant."""
    assert main(["matrx"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("midstream: ")
    assert "'matrx'" in line
    assert "did you mean 'matrix'" in line


def test_an_option_of_locusts_is_told_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever gives Locust's option to `midstream load` reads where to write it."""
    with pytest.raises(SystemExit):
        main(["load", "--csv", "x"])
    error = capsys.readouterr().err
    assert "--csv" in error
    assert "midstream load: error:" in error
    assert error.rstrip().endswith("--")


@pytest.mark.parametrize("span", ["banana", "", "20x", "1m1h"])
def test_a_time_that_is_none_is_wrong_usage_of_load(
    span: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names our command and the value, not Locust's own program."""
    with pytest.raises(SystemExit) as ended:
        main(["load", "-t", span])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert "midstream load: error: argument -t/--run-time" in error
    assert repr(span) in error


@pytest.mark.parametrize("words", [[], ["run"], ["list", "--nope"], ["show"]])
def test_wrong_usage_is_exit_code_2(words: list[str]) -> None:
    """What argparse refuses ends with the code for wrong usage."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """Let `midstream doctor` raise *error* and return the exit code."""

    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(COMMANDS["doctor"], "run", staticmethod(fail))
    return main(["doctor"])


OURS = [
    HarnessError("went wrong"),
    ScenarioError("went wrong"),
    UnavailableError("went wrong"),
    CassetteError("went wrong"),
    PortError("went wrong"),
    ScenarioFileError("went wrong"),
]


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
def test_an_error_of_ours_is_one_line(
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Mistakes of ours or of our user are said plainly, without a traceback."""
    assert failing(monkeypatch, error) == 2
    assert capsys.readouterr().err == "midstream: went wrong\n"


def test_an_error_may_need_several_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines stay lines, and control characters in them are shown."""
    failing(monkeypatch, UnavailableError("one\n  two \x1b[2J"))
    assert capsys.readouterr().err == "midstream: one\n  two \\x1b[2J\n"


def test_an_interruption_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends any command with the code that shells expect."""
    assert failing(monkeypatch, KeyboardInterrupt()) == 130


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is nobody's mistake but a programmer's gets out."""
    with pytest.raises(ZeroDivisionError):
        failing(monkeypatch, ZeroDivisionError())


@pytest.mark.process
def test_a_closed_pipe_is_no_error() -> None:
    """`midstream list | head -1` ends without a traceback."""
    command = [sys.executable, "-m", "midstream", "list", "--json"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
