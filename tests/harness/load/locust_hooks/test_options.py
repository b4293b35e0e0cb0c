import argparse
import sys
from pathlib import Path

import pytest

from midstream.harness.errors import HarnessError
from midstream.harness.load.controller.wanted import Wanted
from midstream.harness.load.locust_hooks import options
from midstream.harness.load.metrics import gates
from midstream.harness.load.metrics.limits import StreamLimits


def read(*words: str) -> Wanted:
    """Return what is asked for by *words*."""
    parser = argparse.ArgumentParser()
    options.add_options(parser)
    options.add_hidden(parser)
    return options.read(parser.parse_args(words))


def test_whoever_says_nothing_gets_the_defaults() -> None:
    """Half an hour in a train, one server, and no stream may fail."""
    wanted = read()
    assert (wanted.storm.name, wanted.seed, wanted.servers) == ("commuter_train", 0, 1)
    assert wanted.gates == (gates.parse("failed>0"),)
    assert (wanted.limits, wanted.out) == (StreamLimits(), Path("runs/load"))
    assert (wanted.html, wanted.json) == (None, None)


def test_what_is_said_is_taken(tmp_path: Path) -> None:
    """Each option arrives as what it means."""
    page = tmp_path / "reports" / "load.html"
    wanted = read(
        *("--storm", "steady", "--seed", "7", "--servers", "2"),
        *("--fail-on", "lost>0", "ttft_p95>800ms", "--limits", "ttft:1s"),
        *("--load-html", str(page), "--out", str(tmp_path)),
    )
    assert (wanted.storm.name, wanted.seed, wanted.servers) == ("steady", 7, 2)
    assert [gate.text for gate in wanted.gates] == ["lost>0", "ttft_p95>800ms"]
    assert str(wanted.limits) == "ttft:1s"
    assert (wanted.html, wanted.out) == (page, tmp_path)


def test_gates_and_limits_add_up() -> None:
    """An option that is given twice means both."""
    wanted = read("--fail-on", "lost>0", "--fail-on", "moved>0")
    assert [gate.text for gate in wanted.gates] == ["lost>0", "moved>0"]


def test_the_command_is_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `midstream load` says it; else as Locust was called."""
    monkeypatch.setattr(sys, "argv", ["/bin/locust", "-f", "my file.py"])
    assert read().command == "locust -f 'my file.py'"
    said = "midstream load -u 3"
    assert read("--midstream-command", said).command == said


MISTAKES = {
    "an unknown storm": (["--storm", "steadi"], "did you mean 'steady'?"),
    "a gate without a number": (["--fail-on", "lost>"], "is not a number"),
    "a gate on nothing": (["--fail-on", "lots>0"], "did you mean 'lost'?"),
    "a limit without a unit": (["--limits", "ttft:1"], "ttft"),
}


@pytest.mark.parametrize(("words", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_and_ends_it(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it is, and what would be right; the exit code is 2."""
    with pytest.raises(SystemExit) as ended, options.exits_on_mistake():
        read(*words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("midstream: ")
    assert text in said


def test_what_is_no_mistake_of_the_user_s_is_not_hidden() -> None:
    """An error of ours keeps its traceback; without one nothing happens."""
    with options.exits_on_mistake():
        pass
    with pytest.raises(ZeroDivisionError), options.exits_on_mistake():
        raise ZeroDivisionError


@pytest.mark.parametrize("number", ["0", "65", "-1", "two"])
def test_servers_are_counted(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """None at all, or more than could be meant, is refused before anything starts."""
    with pytest.raises(SystemExit):
        read("--servers", number)
    said = capsys.readouterr().err
    assert "--servers" in said
    assert f"{number} is not a number from 1 to 64" in said


@pytest.mark.parametrize("option", ["--load-html", "--load-json"])
def test_a_report_that_could_not_be_written_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said before a long run and not behind it."""
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "report"
    with pytest.raises(SystemExit):
        read(option, str(path))
    assert f"cannot write {path}" in capsys.readouterr().err


def test_the_default_storm_is_one_that_there_is() -> None:
    """And so are the default gate and limits."""
    assert issubclass(HarnessError, Exception)
    assert read("--storm", options.DEFAULT_STORM).storm.name == options.DEFAULT_STORM
