import pytest

from midstream.harness.path.toxics import Stop
from midstream.harness.path.toxics._wire import Byte, wire_offset

WIDE = "aé日".encode()  # a, two bytes, three bytes
PLACES: dict[str, tuple[Stop, Byte, int]] = {
    "before the event's framing": (Stop(100, 3, b"abcd"), 0, 100),
    "one byte into the event": (Stop(100, 3, b"abcd"), 1, 104),
    "all bytes of the event": (Stop(100, 3, b"abcd"), 4, 107),
    "no further than the event": (Stop(100, 3, b"abcd"), 99, 107),
    "behind the event's framing": (Stop(100, 3, b"abcd"), "end", 109),
    "behind an event without framing": (Stop(100, 0, b"abcd"), "end", 104),
    "inside a character": (Stop(100, 3, WIDE), "mid_char", 105),
    "half-way where all are narrow": (Stop(100, 3, b"abcd"), "mid_char", 105),
    "inside nothing": (Stop(100, 0, b""), "mid_char", 100),
}


@pytest.mark.parametrize(("stop", "byte", "expected"), PLACES.values(), ids=PLACES)
def test_a_place_in_an_event_is_one_on_the_wire(
    stop: Stop, byte: Byte, expected: int
) -> None:
    """The bytes before it are those of the connection, framing included."""
    assert wire_offset(stop, byte) == expected


def test_inside_a_character_no_character_is_whole() -> None:
    """The bytes up to there end in the middle of one."""
    stop = Stop(0, 0, WIDE)
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        WIDE[: wire_offset(stop, "mid_char")].decode()
