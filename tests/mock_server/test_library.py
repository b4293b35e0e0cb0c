from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.errors import CassetteError, UnknownNameError
from midstream.mock_server.library import ROOT, load, names
from midstream.mock_server.recordings.cassette import Chunk, Exchange, RecordedEvent
from midstream.mock_server.recordings.cassette_file import MAX_FILE_BYTES, dumps
from tests.mock_server.helpers_cassettes import altered, cassette_of

SHORT = "openai_assistants/short_answer"


def test_names_are_dialect_and_file() -> None:
    """All the issue asks for are there, by name."""
    kinds = (
        "cancelled code_interpreter empty_answer expired failed file_citations "
        "function_tool incomplete long_answer multilingual parallel_tools "
        "short_answer two_messages"
    )
    assert {f"openai_assistants/{kind}" for kind in kinds.split()} <= set(names())


def test_a_name_and_its_path_give_the_same_exchanges() -> None:
    """A shipped cassette may also be named by its file."""
    by_path = load(str(ROOT / "openai_assistants" / "cassettes" / "short_answer.jsonl"))
    assert (by_path.name, by_path.exchanges) == ("short_answer", load(SHORT).exchanges)


def test_a_file_is_parsed_again_only_if_it_has_changed(tmp_path: Path) -> None:
    """Whoever names it again shares the cassette, until its bytes are others."""
    path = tmp_path / "own.jsonl"
    path.write_text(dumps(load("openai_assistants/short_answer")))
    first = load(path)
    assert load(str(path)) is first
    path.write_text(dumps(load("openai_assistants/long_answer")))
    assert load(path).exchanges != first.exchanges


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A slip of the pen is answered with what was probably meant."""
    with pytest.raises(UnknownNameError, match=r"did you mean '.*/short_answer'"):
        load("openai_assistants/short_anwser")


ESCAPES = [
    "../cassette",
    "openai_assistants/../openai_assistants/short_answer",
    "/etc/passwd",
    "openai_assistants/short_answer\0",
    "openai_assistants\\short_answer",
    "./openai_assistants/short_answer",
    "openai_assistants//short_answer",
    "//host/share/x",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("name", ESCAPES)
def test_no_name_leads_out_of_the_collection(name: str) -> None:
    """A name is one of the list or nothing: it is never joined to a path as it is."""
    with pytest.raises(UnknownNameError):
        load(name)


@given(st.lists(st.sampled_from(["..", "/", "\\", "\0", "~", "dir", ".jsonl", "x"])))
def test_no_made_up_name_reads_anything(parts: list[str]) -> None:
    """Whatever is put together, it is unknown, or no file."""
    with pytest.raises((UnknownNameError, CassetteError)):
        load("".join(parts))


def test_a_link_out_of_the_collection_is_no_cassette(tmp_path: Path) -> None:
    """A symbolic link cannot smuggle a file in."""
    root = tmp_path / "cassettes"
    folder = root / "verbatim" / "cassettes"
    folder.mkdir(parents=True)
    (tmp_path / "secret.jsonl").write_text("{}\n")
    (folder / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    assert names(root) == []
    with pytest.raises(UnknownNameError):
        load("verbatim/link", root)


@pytest.mark.parametrize("name", ["no/such.jsonl", "nul\0.jsonl", "."])
def test_a_path_that_is_no_file_is_told(name: str) -> None:
    """The message names the path."""
    with pytest.raises(CassetteError, match=r"no such file|\.jsonl$"):
        load(Path(name))


def test_a_missing_file_is_told_with_the_folder_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is looked up in the current directory, which is named."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CassetteError, match=f"^sub/t.jsonl: .* {tmp_path / 'sub'}$"):
        load("sub/t.jsonl")


def test_a_path_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Only .jsonl files are opened."""
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(CassetteError, match=r"a\.txt: .*\.jsonl$"):
        load(tmp_path / "a.txt")


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    """A gigabyte of nothing costs neither time nor memory."""
    path = tmp_path / "bomb.jsonl"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(CassetteError, match=f"larger than {MAX_FILE_BYTES} bytes"):
        load(path)


def test_an_event_has_the_time_of_its_last_byte() -> None:
    """Chunks need not end where events end."""
    headers = {"content-type": "text/event-stream"}
    chunks = (
        Chunk(0.1, b"data: a"),
        Chunk(0.2, b"\n\ndata: b\n\ndata: "),
        Chunk(0.3, b"c\n"),
        Chunk(0.4, b"\n"),
    )
    exchange = Exchange("GET", "/", None, 200, headers, chunks)
    assert exchange.body == b"data: a\n\ndata: b\n\ndata: c\n\n"
    assert exchange.events() == (
        RecordedEvent(0.2, None, "a"),
        RecordedEvent(0.2, None, "b"),
        RecordedEvent(0.4, None, "c"),
    )


def test_streams_leave_out_refused_requests_and_plain_answers() -> None:
    """Only successful event streams count."""
    sse = {"content-type": "text/event-stream; charset=utf-8"}
    stream = Exchange("POST", "/a", None, 200, sse, ())
    refused = Exchange("POST", "/a", None, 400, sse, ())
    plain = Exchange("GET", "/a", None, 200, {"content-type": "application/json"}, ())
    assert cassette_of(plain, refused, stream).streams() == (stream,)


def test_tokens_of_a_repeating_text_are_not_unique() -> None:
    """One repeated token is enough, also inside a longer one."""
    assert load(SHORT).has_unique_tokens
    repeated = altered("short_answer", _say_a_word_again)
    assert not repeated.has_unique_tokens


def _say_a_word_again(events: list[tuple[str, dict[str, object]]]) -> None:
    index = max(i for i, (name, _) in enumerate(events) if name.endswith("e.delta"))
    events.insert(index, events[index - 1])


def test_another_dialect_never_claims_unique_tokens() -> None:
    """Nothing is known about tokens of a dialect that is not read."""
    assert not cassette_of(*load(SHORT).exchanges, dialect="verbatim").has_unique_tokens
