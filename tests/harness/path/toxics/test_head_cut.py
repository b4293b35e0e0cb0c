from midstream.harness.path.toxics import Stop
from midstream.harness.path.toxics._wire import wire_offset


def test_in_a_head_bytes_count_from_where_the_server_stands() -> None:
    """Before the head no event is known, and no framing precedes it."""
    assert wire_offset(Stop(offset=1674, lead=0, data=b""), 60) == 1734


def test_in_an_event_they_end_with_it() -> None:
    """A number beyond an event means all of it."""
    assert wire_offset(Stop(offset=100, lead=4, data=b"abc"), 60) == 107
