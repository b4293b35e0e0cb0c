import sys
from pathlib import Path

import pytest

from benchmarks import startup
from benchmarks.errors import BenchmarkError
from benchmarks.startup import take_turns

NOTHING = (sys.executable, "-S", "-c", "pass")
FAILS = (sys.executable, "-S", "-c", "raise SystemExit(3)")


@pytest.mark.process
def test_commands_are_called_once_a_round(tmp_path: Path) -> None:
    """Each has taken some time in each round; the one to warm up is left out."""
    took = take_turns({"a": NOTHING, "b": NOTHING}, 2, tmp_path)
    assert {name: len(each) for name, each in took.items()} == {"a": 2, "b": 2}
    assert all(once.clock_s > 0 and once.cpu_s > 0 for once in took["a"])


@pytest.mark.process
def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    """Its name is said: how long it took to fail means nothing."""
    with pytest.raises(BenchmarkError, match="it fails"):
        take_turns({"it": FAILS}, 1, tmp_path)


def test_python_itself_is_among_the_commands() -> None:
    """What all are compared with is there, and so is our own help."""
    assert {startup.PYTHON, "midstream --help"} <= set(startup.commands())


def test_pytest_is_started_with_our_plugin_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one, there is one command less."""
    counts = []
    for found in ((), ("it",)):
        monkeypatch.setattr(startup, "entry_points", lambda found=found, **_: found)
        counts.append(len(startup.commands()))
    assert counts[1] == counts[0] + 1
