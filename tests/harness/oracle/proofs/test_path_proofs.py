import pytest

from midstream.harness.record.history import FaultFired, Opened, PathFired, Probed
from tests.harness.helpers_history import Item, fault, path_fault, prove
from tests.harness.helpers_wire import (
    crossed,
    head,
    received,
    response_end,
    sent,
    tap_end,
)
from tests.harness.oracle.proofs.helpers_stream import asked, down, end_of, streamed

CUT = path_fault("cut", at={"on": "run"}, args={"end": "fin", "stream": "downstream"})
FIRED = PathFired(fault="f1", cut_at=end_of(3))


def test_a_cut_at_the_very_byte_is_proven() -> None:
    """A connection ended by the path after exactly the bytes asked for was cut."""
    effect = prove("cut", CUT, *asked(), FIRED, *streamed(3), tap_end())
    assert effect == {"seq": [3, 12], "how": "fin", "bytes": end_of(3)}


@pytest.mark.parametrize(
    "end",
    {
        "other bytes": [down(end_of(3) + 1, 1), tap_end()],
        "by the client": [tap_end("client")],
        "a reset in place of a FIN": [tap_end(how="rst")],
        "no end at all": [],
        "the response was over": [response_end(end=end_of(3)), tap_end()],
    }.values(),
    ids=str,
)
def test_another_end_is_no_cut(end: list[Item]) -> None:
    """Other bytes, another side, another way, or a finished response prove nothing."""
    assert prove("cut", CUT, *asked(), FIRED, *streamed(3), *end) == {}


def test_a_cut_that_was_never_asked_for_proves_nothing() -> None:
    """A connection that broke before the fault fired was not cut by it."""
    assert prove("cut", CUT, *asked(), *streamed(3), tap_end(), FIRED) == {}


def test_a_reset_before_any_answer_is_proven() -> None:
    """A path that resets each connection from the start cuts a pending answer."""
    history: list[Item] = [Opened(conn=1), crossed("up", 300), tap_end(how="rst")]
    effect = prove("cut", path_fault("reset_peer"), *history)
    assert effect["how"] == "rst"


def test_an_abort_by_the_server_may_arrive_as_a_fin() -> None:
    """A server's RST is proven by the end it makes at the tap, whichever it is."""
    fired = FaultFired(fault="f1", req=2, conn=1, offset=end_of(2))
    history = [*asked(), *streamed(2), fired, response_end("rst", end_of(2)), tap_end()]
    assert prove("cut", fault("abort"), *history)["how"] == "fin"
    assert prove("cut", fault("abort"), *history[:-2], tap_end()) == {}


@pytest.mark.parametrize(
    ("asked_s", "stop", "is_proven"),
    [
        (0.5, (600, down(end_of(3))), True),
        (0.5, (300, down(end_of(3))), False),
        (0.5, (300, tap_end("client")), True),
        (0.5, (130, tap_end("client")), False),
        (0.5, (300, tap_end("server")), False),
        (0.0, (300, tap_end("server")), True),
        (0.0, (300, down(end_of(3))), False),
    ],
)
def test_a_gap_is_as_long_as_asked_or_to_the_end(
    asked_s: float, stop: Item, is_proven: bool
) -> None:
    """A silence counts if it lasted, or if it took the client's end to break it."""
    stall = fault("stall", args={"seconds": asked_s})
    fired = FaultFired(fault="f1", req=2, conn=1, offset=end_of(2))
    history = [*asked(), *streamed(2), fired, stop]
    assert bool(prove("gap", stall, *history)) is is_proven


def test_an_idle_connection_is_no_gap() -> None:
    """A connection on which no answer is owed may be silent for ever."""
    stall = path_fault("timeout", args={"timeout_ms": 0})
    done = [*asked(), *streamed(2), response_end(end=end_of(2))]
    assert prove("gap", stall, *done, (900, tap_end("client"))) == {}
    assert prove("gap", stall, *asked(), (900, tap_end("client"))) != {}


@pytest.mark.parametrize(
    ("lag_ms", "is_proven"), [(100, True), (80, True), (70, False)]
)
def test_a_delay_is_at_least_four_fifths(lag_ms: float, is_proven: bool) -> None:
    """Bytes that cross later than written by what was asked for were delayed."""
    late = path_fault("latency", args={"latency_ms": 100, "stream": "downstream"})
    history = [*asked(), *streamed(3, lag_ms=lag_ms)]
    assert bool(prove("delay", late, *history)) is is_proven


@pytest.mark.parametrize(("at_ms", "is_proven"), [(120, True), (50, False)])
def test_a_delay_upstream_is_that_of_the_request(at_ms: float, is_proven: bool) -> None:
    """A request that the server reads late was delayed on its way up."""
    late = path_fault("latency", args={"latency_ms": 100, "stream": "upstream"})
    history: list[Item] = [
        Opened(conn=1),
        (10, crossed("up", 300)),
        (at_ms, received()),
    ]
    assert bool(prove("delay", late, *history)) is is_proven


def slowed(rate_kb_per_s: int, read_ms: float) -> bool:
    """Say whether 1000 bytes, written at 100 ms and read at *read_ms*, were slow."""
    slow = path_fault("bandwidth", args={"rate_kb_per_s": rate_kb_per_s})
    written: list[Item] = [(100, head()), (100, sent(0, 100, 1100))]
    read = (read_ms, down(1105, 1105))
    return bool(prove("slow", slow, *asked(), *written, read))


def test_a_slow_path_is_slower_than_the_server() -> None:
    """Bytes that cross at the pace asked for, and late, are slowed by the path."""
    assert slowed(1, 1100)
    assert not slowed(1, 600)
    assert not slowed(100, 105)


@pytest.mark.parametrize(("at_ms", "is_proven"), [(700, True), (600, False)])
def test_a_late_close_is_late_on_the_other_side(at_ms: float, is_proven: bool) -> None:
    """An end that gets through later by what was asked for was held back."""
    late = path_fault("slow_close", args={"delay_ms": 300})
    history = [*asked(), *streamed(2), (400, tap_end("client")), (at_ms, tap_end())]
    assert bool(prove("late_close", late, *history)) is is_proven


def test_an_outage_is_proven_by_a_refused_probe() -> None:
    """A path is down if it was taken down and then refuses us."""
    down_, refused = PathFired(fault="f1"), Probed(fault="f1", is_refused=True)
    outage = path_fault("outage")
    assert prove("outage", outage, down_, refused) == {"seq": [0, 1], "refused": True}
    assert prove("outage", outage, refused, down_) == {}
    assert prove("outage", outage, down_, Probed(fault="f1", is_refused=False)) == {}


def test_reads_inside_events_prove_a_slicer() -> None:
    """Reads that end inside an event were sliced; reads that end with it were not."""
    slicer = path_fault("slicer", args={"slice_bytes": 30})
    written: list[Item] = [head(), sent(0, 100, 150), sent(1, 150, 200)]
    sliced: list[Item] = [down(130, 130), down(150, 20), down(200, 50)]
    assert prove("split", slicer, *asked(), *written, *sliced)["reads"] == 3
    assert prove("split", slicer, *asked(), *streamed(3)) == {}


def test_what_the_server_wrote_in_pieces_proves_no_slicer() -> None:
    """A recorded chunk may end inside an event; a read that ends there says nothing."""
    slicer = path_fault("slicer", args={"slice_bytes": 30})
    written: list[Item] = [
        head(),
        sent(0, 100, 130, is_last=False),
        sent(0, 130, 150),
        sent(1, 150, 200),
    ]
    as_written: list[Item] = [down(130, 130), down(150, 20), down(200, 50)]
    assert prove("split", slicer, *asked(), *written, *as_written) == {}
    cut: list[Item] = [down(120, 120), down(150, 30), down(200, 50)]
    assert prove("split", slicer, *asked(), *written, *cut)["reads"] == 3
