"""Recorded text that goes out compressed."""

import zlib

import pytest

from midstream.mock_server.core.coding import (
    Coding,
    compressing,
    compressor,
    decompressed,
)
from midstream.mock_server.core.faults.compress import Compress
from midstream.mock_server.core.gate import StopAtGate
from midstream.mock_server.core.position import Position, inject
from midstream.mock_server.core.steps import Fault, Finish, Gate, Head, Send, Step
from tests.mock_server.core.faults.helpers_steps import E0, E1, E2, STEPS

CODED = Head(200, {"content-type": "text/event-stream", "content-encoding": "gzip"})
PLAIN: list[Step] = [CODED, E0, E1, E2, Finish()]
BODY = b"".join(event.data for event in (E0, E1, E2))


def wires(steps: list[Step]) -> list[bytes]:
    """Return what is written of each piece."""
    return [step.wire or b"" for step in steps if isinstance(step, Send)]


def written(fault: Fault, at: Position) -> list[Step]:
    """Return the compressed response, struck by *fault*."""
    return list(compressing("gzip", inject(at, "f1", fault, iter(PLAIN))))


@pytest.mark.parametrize(("coding", "bits"), [("gzip", 31), ("deflate", 15)])
def test_each_piece_can_be_read_as_it_comes(coding: Coding, bits: int) -> None:
    """And is still the piece that it is; the end is the last event's."""
    head = Head(200, {"content-encoding": coding, "content-length": "9"})
    made = list(compressing(coding, iter([head, *PLAIN[1:]])))
    assert made[0] == Head(200, {"content-encoding": coding})
    decoder = zlib.decompressobj(bits)
    for event, step, wire in zip((E0, E1, E2), made[1:], wires(made), strict=False):
        assert isinstance(step, Send)
        assert (step.data, step.event) == (event.data, event.event)
        assert decoder.decompress(wire) == event.data
    tail = made[-2]
    assert isinstance(tail, Send)
    assert (tail.event, tail.start, tail.data) == (2, len(E2.data), b"")
    assert decoder.decompress(tail.wire or b"") == b""
    assert decoder.eof


def test_a_response_in_its_place_is_not_compressed() -> None:
    """Its head says no coding."""
    assert next(compressing("gzip", iter(STEPS))) == STEPS[0]
    assert wires([*compressing("gzip", iter([Head(500, {}), E0, Finish()]))]) == [b""]


def test_who_waits_at_a_gate_is_told_what_will_be_written() -> None:
    """So that a cut by the path falls where it should."""
    made = written(StopAtGate(name="f1"), Position(event="e", nth=2))
    gate = next(step for step in made if isinstance(step, Gate))
    assert gate.data == wires(made)[1]
    assert zlib.decompressobj(31).decompress(b"".join(wires(made))) == BODY


def test_what_a_fault_compresses_is_compressed_once_more() -> None:
    """The codings stand in the order in which they were applied: RFC 9110, 8.4."""
    made = written(Compress(coding="deflate"), Position())
    head = next(step for step in made if isinstance(step, Head))
    assert head.headers["content-encoding"] == "deflate, gzip"
    inner = zlib.decompressobj(31).decompress(b"".join(wires(made)))
    assert zlib.decompressobj(15).decompress(inner) == BODY


def test_a_body_is_read_as_far_as_it_goes() -> None:
    """One that is cut off holds what it holds; what is not compressed, nothing."""
    coder = compressor("gzip")
    cut = coder.compress(b"abc") + coder.flush(zlib.Z_SYNC_FLUSH)
    assert decompressed(cut, "gzip") == b"abc"
    assert decompressed(b"abc", "gzip") is None
