"""What faults say in a declared dialect."""

from pathlib import Path

import pytest

from midstream.mock_server import library
from midstream.mock_server.core.errors import DeclarationError, SettingsError
from midstream.mock_server.core.shapes import WORDLESS, ErrorWords
from midstream.mock_server.recordings.declared.declaration import loads
from midstream.mock_server.recordings.declared.spoken import SpokenDeclared

API = """
title = "Chat"
[request]
path = "/v1/chat"
[[text]]
at = "say"
[[end]]
when = { "$data" = "[DONE]" }
[[error]]
when = { error = "*" }
"""
EVENT = "[error_event]\ndata = '{\"error\": {}}'\n"
LINES = '[stream]\nframing = "ndjson"\n'
TEXTS = [b'data: {"say":"a","two":{"say":"b"}}\n\n']


def spoken(more: str = "", texts: list[bytes] | None = None) -> SpokenDeclared:
    """Return the shapes of the API with *more* tables."""
    declared = loads(API + more, "chat.toml")
    return SpokenDeclared(declared, TEXTS if texts is None else texts)


def test_foreign_text_is_a_copy_of_recorded_text() -> None:
    """Of the first event that says one piece of text; others are passed over."""
    assert spoken().foreign_text("x", "m") == b'data: {"say":"x","two":{"say":"b"}}\n\n'
    assert spoken(texts=[b"data: {}\n\n", *TEXTS]).foreign_text("x", "m")
    lines = spoken(LINES, [b'{"say":"a"}'])
    assert lines.foreign_text("x", "m") == b'{"say":"x"}\n'


def test_without_any_text_there_is_nothing_to_copy() -> None:
    """That is said before the run."""
    with pytest.raises(SettingsError, match="there is none to copy"):
        spoken(texts=[]).foreign_text("x", "m")


def test_an_error_is_the_one_declared() -> None:
    """As an event with its name, or as a line."""
    named = EVENT + 'event = "failed"\n'
    assert spoken(EVENT).error(ErrorWords()) == b'data: {"error": {}}\n\n'
    assert (
        spoken(named).error(ErrorWords()) == b'event: failed\ndata: {"error": {}}\n\n'
    )
    assert spoken(LINES + EVENT).error(ErrorWords()) == b'{"error": {}}\n'


def test_an_error_is_declared_or_refused() -> None:
    """And it says what is declared, nothing else."""
    with pytest.raises(SettingsError, match=r"Chat declares no .* add a table \[error"):
        spoken().error(ErrorWords())
    with pytest.raises(SettingsError, match="leave out 'shape', 'message'"):
        spoken(EVENT).error(ErrorWords(message="no"))


def test_who_has_no_words_says_nothing() -> None:
    """Whatever is asked for."""
    for ask in (
        WORDLESS.letters,
        lambda: WORDLESS.foreign_text("x", "m"),
        lambda: WORDLESS.error(ErrorWords()),
    ):
        with pytest.raises(SettingsError, match="declare a dialect"):
            ask()


WRONG = {
    "an error by other words": (
        "[error_event]\ndata = '{\"oops\": 1}'\n",
        r"error_event: it fits no \[\[error\]\]",
    ),
    "two lines": ("[error_event]\ndata = '''a\nb'''\n", "error_event.data"),
    "no data": ("[error_event]\n", "data"),
    "a name of a line": (LINES + EVENT + 'event = "e"\n', "has no name"),
}


@pytest.mark.parametrize(("more", "problem"), WRONG.values(), ids=WRONG)
def test_an_error_event_must_be_one(more: str, problem: str, tmp_path: Path) -> None:
    """By the file's own words; the message names the file and the place."""
    (tmp_path / "chat.toml").write_text(API + more, encoding="utf-8")
    with pytest.raises(DeclarationError, match=problem):
        library.declaration("chat.toml", tmp_path)


def test_one_that_fits_is_read(tmp_path: Path) -> None:
    """With the rest of the declaration."""
    (tmp_path / "chat.toml").write_text(API + EVENT, encoding="utf-8")
    assert library.declaration("chat.toml", tmp_path).error_event is not None
