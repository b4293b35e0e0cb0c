"""`midstream cassette` says what a recording holds."""

import json
from pathlib import Path

import pytest

from midstream.harness.cli import main

API = """
title = "Lamp"
[request]
path = "/ask"
[[text]]
at = "say"
[[end]]
when = { "$data" = "end" }
"""
EVENTS = (
    'data: {"say":"Lit"}\n\n',
    'data: {"say":"."}\n\ndata: e',
    "nd\n\n",
    "data: end\n\n",
)


def recorded(folder: Path, dialect: str = "verbatim") -> Path:
    """Write a recording of one answer, beside the file that declares its dialect."""
    (folder / "lamp.toml").write_text(API, encoding="utf-8")
    head = {"kind": "cassette", "format": 1, "dialect": dialect, "title": "A lamp"}
    asked = {"kind": "exchange", "method": "POST", "path": "/ask", "request": None}
    lines = [
        {**head, "provenance": "made up"},
        {**asked, "status": 200, "headers": {"content-type": "text/event-stream"}},
        *({"kind": "chunk", "t": 0.0, "text": text} for text in EVENTS),
    ]
    path = folder / "lamp.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.mark.parametrize("is_named", [True, False], ids=["its own", "--dialect-file"])
def test_what_a_recording_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, is_named: bool
) -> None:
    """Events, chunks, text, the end, and what is odd."""
    path = recorded(tmp_path, "lamp.toml" if is_named else "verbatim")
    given = [] if is_named else ["--dialect-file", str(tmp_path / "lamp.toml")]
    assert main(["cassette", "check", str(path), *given]) == 0
    told = capsys.readouterr().out
    for fact in (
        "Lamp",
        "POST /ask: 200, 4 events in 4 chunks, 1 of them end inside an event",
        "2 tokens: 'Lit.'",
        "completed, in event 3",
        "again in 3",
    ):
        assert fact in told


def test_what_nobody_knows_is_said_to_be_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its events are counted all the same."""
    assert main(["cassette", "check", str(recorded(tmp_path))]) == 0
    told = capsys.readouterr().out
    assert "unknown" in told
    assert "4 events" in told
    assert "token" not in told


WRONG = {
    "no dialect": ("else.toml", "else.toml"),
    "a name that is misspelled": ("gemeni", "did you mean 'gemini'"),
}


@pytest.mark.parametrize(("dialect", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told(
    dialect: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit code 2, and nothing else is printed."""
    path = recorded(tmp_path, dialect)
    assert main(["cassette", "check", str(path)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out


def test_something_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    """And the message says how to find a name."""
    assert main(["cassette", "check"]) == 2
    assert "midstream cassette list" in capsys.readouterr().err


def test_the_list_has_recordings_and_dialects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that both can be typed."""
    assert main(["cassette", "list"]) == 0
    told = capsys.readouterr().out
    assert "openai_assistants/short_answer" in told
    assert "gemini" in told
