from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from midstream.harness.errors import HistoryError
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
    path.write_bytes(path.read_bytes() + b'{"seq": "two"}\n')

    with pytest.raises(HistoryError, match=r"history\.jsonl, line 2: .*seq"):
        list(read(path))


def test_a_missing_history_is_named(tmp_path: Path) -> None:
    """The error says which file is not there."""
    with pytest.raises(HistoryError, match="nowhere: No such file"):
        list(read(tmp_path / "nowhere"))
