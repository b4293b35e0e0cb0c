import re
import shlex
import sys
from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.runtimes.node import find

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
PYTHON, JAVASCRIPT = EXAMPLES / "my_client.py", EXAMPLES / "my_client.mjs"
COMMENT = re.compile(r"\s*(#|//|\"\"\"|$)")


def command(program: Path) -> str:
    """Return what starts the example."""
    node = find()
    starter = sys.executable if program is PYTHON else str(node and node.path)
    return shlex.join([starter, str(program)])


BOTH = pytest.mark.parametrize(
    "program", [PYTHON, pytest.param(JAVASCRIPT, marks=pytest.mark.node)]
)


@pytest.mark.process
@BOTH
def test_an_example_lacks_nothing(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an author begins with passes every question."""
    assert main(["client", "check", "--client-cmd", command(program)]) == 0
    told = capsys.readouterr().out
    assert "✗" not in told
    assert told.count("✓") >= 7


@pytest.mark.parametrize("program", [PYTHON, JAVASCRIPT], ids=["Python", "JavaScript"])
def test_an_example_is_short(program: Path) -> None:
    """It has 40 lines of code at most, and needs nothing but its language."""
    lines = program.read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if not COMMENT.match(line)]
    assert len(code) <= 40
    assert not re.search(r"openai\W|require\(", "\n".join(code))


@pytest.mark.toxiproxy
@BOTH
def test_an_example_bears_the_baseline(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without faults, nothing about it is red."""
    options = ["--client-cmd", command(program), "--out", str(tmp_path)]
    assert main(["run", *options, "baseline/*"]) == 0
    assert "0 FAILED, 0 INVALID, 0 INCONCLUSIVE" in capsys.readouterr().out
