from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.pieces import Piece, recorded_pieces
from midstream.mock_server.core.segment import Entry, Segment

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=9)


def test_a_chunk_may_hold_a_part_of_an_event_and_several() -> None:
    """Its end is told by the event it is in, and how many bytes of it came."""
    chunks = [(0.1, 2), (0.2, 5), (0.3, 12), (0.4, 14), (0.5, 15)]
    made = recorded_pieces(chunks, [5, 10, 15], range(4))
    assert made == (
        Piece(0.1, 0, 2),
        Piece(0.2, 1),
        Piece(0.3, 2, 2),
        Piece(0.4, 2, 4),
        Piece(0.5, 3),
    )


def test_events_that_are_left_out_take_their_bytes_along() -> None:
    """What is added in front goes with the first piece; a chunk of nothing is none."""
    index = [1, 1, 2, 3]  # one entry in front, and the first event is left out
    made = recorded_pieces(
        [(0.1, 3), (0.2, 5), (0.3, 7), (0.4, 15)], [5, 10, 15], index
    )
    assert made == (Piece(0.1, 1), Piece(0.3, 1, 2), Piece(0.4, 3))


@given(SIZES, SIZES, st.data())
def test_pieces_are_the_recorded_chunks(
    events: list[int], cuts: list[int], data: st.DataObject
) -> None:
    """However a body is cut, each piece ends where its chunk ends; the last, at all."""
    ends = [*accumulate(events)]
    offsets = sorted({*(cut % ends[-1] for cut in cuts), ends[-1]} - {0})
    made = recorded_pieces(
        [(n / 10, offset) for n, offset in enumerate(offsets)],
        ends,
        range(len(ends) + 1),
    )
    starts = [0, *ends]
    assert [starts[piece.stop] + piece.byte for piece in made] == offsets
    count = data.draw(st.integers(1, len(made)))
    log = EventLog("")
    log.plan(Segment([Entry(name="e", data=b"x" * n) for n in events], pieces=made))
    log.publish_pieces(count)
    assert log.published == sum(start < offsets[count - 1] for start in starts[:-1])


def test_what_was_published_before_stays_so() -> None:
    """An event that is out ahead of its piece is not taken back."""
    log = EventLog("")
    pieces = (Piece(0.1, 1), Piece(0.2, 2))
    log.plan(Segment([Entry(name="e", data=b"x")] * 2, pieces=pieces))
    log.publish(2)
    log.publish_pieces(1)
    assert (log.published, log.pieces_out) == (2, 1)
