from pathlib import Path

import pytest

from midstream.mock_server.core.errors import DeclarationError
from midstream.mock_server.recordings.declared.declaration import loads

GOOD = """
[request]
path = "/v1/chat"
[[text]]
at = "delta.text"
[[end]]
when = { done = true }
"""


def test_what_is_left_out_is_usual() -> None:
    """A POST with a Bearer key, answered by server-sent events."""
    made = loads(GOOD, "my/chat.toml")
    assert (made.title, made.request.method, made.request.key) == (
        "chat",
        "POST",
        "bearer",
    )
    assert made.stream.framing == "sse"


@pytest.mark.parametrize(
    ("method", "path", "is_one"),
    [
        ("POST", "/v1/chat", True),
        ("GET", "/v1/chat", False),
        ("POST", "/v1/chats", False),
        ("POST", "/v2/m-1.5:stream", True),
        ("POST", "/v2/a/b:stream", False),
        ("POST", "/v2/m-1x5:streamX", False),
    ],
)
def test_a_star_stands_for_a_part_of_a_path(
    method: str, path: str, *, is_one: bool
) -> None:
    """All else is as it is written."""
    made = loads(GOOD.replace('"/v1/chat"', '["/v1/chat", "/v2/*:stream"]'), "c.toml")
    assert made.request.matches(method, path) is is_one


WRONG = {
    "no TOML": ("[request", "not TOML"),
    "no request": ("[[text]]\nat = 'a'\n[[end]]\nwhen = {a = 1}", "request"),
    "no text": (GOOD.replace("[[text]]", "[[reasoning]]"), "text"),
    "no end": (GOOD.replace("[[end]]", "[[error]]"), "end"),
    "a field that is misspelled": (GOOD.replace("at =", "att ="), "did you mean 'at'"),
    "a table that is misspelled": (GOOD + "\n[[eror]]\nwhen={a=1}", "'error'"),
    "no path of a request": (GOOD.replace('"/v1/chat"', '"v1/chat"'), "request.path"),
    "no framing": (GOOD + '[stream]\nframing = "xml"', "ndjson, sse"),
    "no place of a key": (GOOD.replace("[[text]]", 'key = "cookie"\n[[text]]'), "key"),
    "no path of text": (
        GOOD.replace("delta.text", "delta..text"),
        r"text\[0\].*no path",
    ),
    "no path in a condition": (
        GOOD.replace("done =", '"a[0]" ='),
        r"end\[0\].*no path",
    ),
    "no condition": (GOOD.replace("when = { done = true }", ""), r"end\[0\].*when"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    """The file, the place in it, and what would be right."""
    with pytest.raises(DeclarationError, match=rf"(?s)^my\.toml: .*{told}"):
        loads(text, "my.toml")


@pytest.mark.parametrize(
    "file",
    sorted((Path(__file__).parent / "dialects").glob("*.toml")),
    ids=lambda f: f.stem,
)
def test_the_apis_people_stream_can_be_declared(file: Path) -> None:
    """Without code."""
    assert loads(file.read_text("utf-8"), file.name).text
