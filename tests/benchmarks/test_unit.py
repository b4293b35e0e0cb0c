from pathlib import Path

from benchmarks import unit
from midstream.mock_server.library import load


def test_a_unit_has_as_many_events_as_were_asked_for(tmp_path: Path) -> None:
    """Our server streams that many, and all else is compared with those bytes."""
    made = unit.make(tmp_path, 40)
    body = made.body.read_bytes()
    assert body.count(b"\n\n") == 40
    assert len(body) == made.size_bytes == made.event_bytes * 40


def test_an_event_has_about_250_bytes(tmp_path: Path) -> None:
    """With the framing of its chunk: 242 and 6."""
    assert round(unit.make(tmp_path).event_bytes) == 242


def test_longer_tokens_make_longer_events(tmp_path: Path) -> None:
    """Each token has the length that was asked for, and there are as many."""
    short, long = (unit.make(tmp_path, 40, chars) for chars in (20, 120))
    assert short.body != long.body
    assert long.size_bytes - short.size_bytes >= 20 * 100


def test_events_are_20_ms_apart(tmp_path: Path) -> None:
    """Event 0 is the server's own; the first recorded one is due with it."""
    cassette = load(str(unit.make(tmp_path, 40).cassette))
    times = [event.t for event in cassette.streams()[0].events()]
    assert times == [round(0.02 * number, 3) for number in range(39)]


def test_the_request_is_whole() -> None:
    """Its head says how long its body is."""
    head, _, body = unit.REQUEST.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
