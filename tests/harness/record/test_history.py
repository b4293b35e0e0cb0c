from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from midstream.harness.errors import HistoryError
from midstream.harness.record.bodies import FORMAT
from midstream.harness.record.history import (
    Body,
    CaseEnd,
    Crossed,
    Invoked,
    Phase,
    Record,
    Recorder,
    read,
)
from midstream.harness.record.ops import Append, Final, FinalMessage, Settle

BODIES: list[Body] = [
    Phase(name="safety"),
    Invoked(turn=0, text="Hello 🦜"),
    Crossed(conn=1, way="down", size=10, total=20),
    Append(message="m", part=1, text='"quoted"\n\u2028'),
    Settle(turn=0, claim="complete"),
    Final(messages=(FinalMessage(message="m", parts={0: "a", 1: "b"}),)),
    CaseEnd(runs={"run_1": "completed"}),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the history of a test goes."""
    return tmp_path / "history.jsonl"


def recorder(path: Path) -> Recorder:
    """Return a recorder whose clock ticks once a look."""
    ticks: Iterator[int] = count(100)
    return Recorder(path, lambda: next(ticks))


def test_what_was_added_is_read_back_in_order(path: Path) -> None:
    """Records are numbered from 0 and stamped from the recorder's start."""
    book = recorder(path)
    added = [book.add("harness", body) for body in BODIES]
    book.close()

    assert list(read(path)) == added
    assert [record.seq for record in added] == list(range(len(BODIES)))
    assert [record.t_ns for record in added] == list(range(1, len(BODIES) + 1))


def test_listeners_hear_of_each_record_at_once(path: Path) -> None:
    """A live judge sees what a stored history will say, before it is on disk."""
    book = recorder(path)
    heard: list[Record] = []
    book.listeners.append(heard.append)

    added = book.add("tap", BODIES[2])

    assert heard == [added]
    assert path.read_bytes() == b""
    book.close()


def test_a_long_history_is_written_in_blocks(path: Path) -> None:
    """What is buffered stays bounded, however long the run is."""
    book = recorder(path)

    for _ in range(1000):
        book.add("client", Append(message="m", text="x" * 100))

    assert path.stat().st_size > 60_000
    book.close()
    assert sum(1 for _ in read(path)) == 1000


def test_a_lone_surrogate_is_kept_as_a_replacement_character(path: Path) -> None:
    """Half a character from a careless client is data, and breaks nothing here."""
    book = recorder(path)
    book.add("client", Append(message="m", text="a\ud83db"))
    book.close()

    (record,) = read(path)

    assert isinstance(record.body, Append)
    assert record.body.text == "a\ufffdb"


def test_a_spoilt_line_is_named(path: Path) -> None:
    """The error says file and line."""
    book = recorder(path)
    book.add("harness", BODIES[0])
    book.close()
    first, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + b'{"seq": "two"}\n' + last)

    with pytest.raises(HistoryError, match=r"history\.jsonl, line 2: .*seq"):
        list(read(path))


SPOILT: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "its end is cut off": (lambda lines: lines[:-1], "line 3: .* cut off"),
    "half of it is cut off": (lambda lines: lines[:1], "line 1: .* cut off"),
    "a line was removed": (lambda lines: lines[:1] + lines[2:], "line 3: .* removed"),
    "a line was added": (lambda lines: lines[:1] + lines, "line 5: .* added"),
    "a line was edited": (
        lambda lines: [lines[0].replace(b"hello", b"hullo"), *lines[1:]],
        "line 4: .* edited",
    ),
    "it goes on behind its end": (lambda lines: [*lines, lines[0]], "line 5: .* end"),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT)
def test_a_history_that_is_not_as_written_is_refused(
    spoil: Callable[[list[bytes]], list[bytes]], said: str, path: Path
) -> None:
    """Its last record counts the others and has their digest."""
    book = recorder(path)
    for _ in range(3):
        book.add("harness", Invoked(turn=0, text="hello"))
    book.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(spoil(lines)))

    with pytest.raises(HistoryError, match=said):
        list(read(path))


def test_a_history_of_another_format_is_refused(path: Path) -> None:
    """The error says which format it is of, and which can be read."""
    line = b'{"seq":0,"t_ns":0,"src":"harness","body":{"type":"case.begin","format":1}}'
    path.write_bytes(line + b"\n")

    with pytest.raises(HistoryError, match=rf"written by format 1; .* format {FORMAT}"):
        list(read(path))


def test_a_missing_history_is_named(tmp_path: Path) -> None:
    """The error says which file is not there."""
    with pytest.raises(HistoryError, match="nowhere: No such file"):
        list(read(tmp_path / "nowhere"))
