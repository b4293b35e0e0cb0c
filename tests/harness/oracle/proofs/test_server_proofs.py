from midstream.harness.record.history import Body, FaultFired
from tests.harness.helpers_history import Item, fault, prove, told
from tests.harness.helpers_wire import head, received, response_end, sent
from tests.harness.oracle.proofs.helpers_stream import asked, down, end_of, streamed

FIRED = FaultFired(fault="f1", req=2, conn=1, offset=0)


def stream(*pieces: Item, end: Body | None = None) -> list[Item]:
    """Return a struck response of *pieces*, ended cleanly unless *end* says else."""
    over = end or response_end(end=end_of(9))
    return [*asked(), FIRED, head(end=100), *pieces, over]


def events(*indexes: int | None, is_verbatim: bool = True) -> list[Item]:
    """Return one piece for each event in *indexes*, in that order."""
    return [
        sent(index, end_of(place), end_of(place + 1), is_verbatim=is_verbatim)
        for place, index in enumerate(indexes)
    ]


def test_no_head_is_an_end_without_an_answer() -> None:
    """A request whose connection the server closed unanswered got no head."""
    closed = [*asked(), FIRED, response_end("fin", 0)]
    assert prove("no_head", fault(), *closed) == {"seq": [2, 4], "how": "fin"}
    assert prove("no_head", fault(), *stream(end=response_end("fin"))) == {}
    assert prove("no_head", fault(), *asked(), FIRED, response_end("gone", 0)) == {}


def test_a_status_is_the_one_asked_for() -> None:
    """The answer's status proves an error; another status, or none, does not."""
    error = fault("http_status", args={"status": 500})
    struck = [*asked(), FIRED]
    assert prove("status", error, *struck, head(status=500))["status"] == 500
    assert prove("status", error, *struck, head(status=502)) == {}
    assert prove("status", error, *struck) == {}


def test_a_wait_must_have_been_told() -> None:
    """A refusal that asks to wait says for how long."""
    limit = fault("retry_after", args={"status": 429})
    struck = [*asked(), FIRED]
    told_wait = prove("status", limit, *struck, head(status=429, wait_s=2.0))
    assert told_wait["retry_after_s"] == 2.0
    assert prove("status", limit, *struck, head(status=429)) == {}


def test_a_page_in_place_of_a_stream_is_no_stream() -> None:
    """A fault that names no status is proven by an answer that is no stream."""
    page = fault("wrong_content_type", args={"content_type": "text/html"})
    assert prove("status", page, *stream()) == {}
    assert prove("status", page, *asked(), FIRED, head(status=300))["status"] == 300


def test_an_early_end_lacks_done() -> None:
    """A stream that ends by the rules without its last event ended early."""
    early = fault("early_end")
    assert prove("early_end", early, *stream(*events(0, 1)))["pieces"] == 2
    done = sent(2, 200, 220, name="done")
    assert prove("early_end", early, *stream(*events(0, 1), done)) == {}
    broken = stream(*events(0, 1), end=response_end("fin"))
    assert prove("early_end", early, *broken) == {}


def test_foreign_bytes_belong_to_no_event() -> None:
    """Bytes that a fault made up prove it; the run's own do not."""
    foreign = stream(*events(0), *events(None, is_verbatim=False))
    assert prove("foreign_bytes", fault("comments"), *foreign)["pieces"] == 1
    assert prove("foreign_bytes", fault("comments"), *stream(*events(0, 1))) == {}


def test_altered_events_are_not_verbatim() -> None:
    """An event sent with other bytes proves it; bytes of no event do not."""
    altered = stream(*events(0, is_verbatim=False))
    assert prove("altered", fault("line_endings"), *altered)["event"] == 0
    foreign = stream(*events(None, is_verbatim=False))
    assert prove("altered", fault("line_endings"), *foreign) == {}


GZIP = b"\x1f\x8b\x08\0".decode(errors="replace")


def test_a_compressed_body_begins_like_one() -> None:
    """The first bytes tell, of a coding each; they are not the recorded ones."""
    compress = fault("compress", args={"coding": "gzip", "cut": False})
    first = sent(0, 100, 150, is_verbatim=False, head=GZIP)
    found = prove("compressed", compress, *stream(first, *events(1)))
    assert (found["coding"], found["pieces"]) == ("gzip", 2)
    recorded = sent(0, 100, 150, head=GZIP)
    assert prove("compressed", compress, *stream(recorded)) == {}
    other = fault("compress", args={"coding": "deflate", "cut": False})
    assert prove("compressed", other, *stream(first)) == {}
    assert prove("compressed", compress, *stream(*events(0, is_verbatim=False))) == {}
    assert prove("compressed", compress, *stream()) == {}


def test_a_compressed_body_that_is_cut_ends_well_for_http() -> None:
    """Else the connection broke, which is another fault."""
    cut = fault("compress", args={"coding": "gzip", "cut": True})
    first = sent(0, 100, 150, is_verbatim=False, head=GZIP)
    assert prove("compressed", cut, *stream(first))
    assert prove("compressed", cut, *stream(first, end=response_end("gone"))) == {}


def test_what_was_sent_before_the_fault_proves_nothing() -> None:
    """An effect comes after its cause."""
    early = [*asked(), head(end=100), *events(0, is_verbatim=False), FIRED]
    assert prove("altered", fault("line_endings"), *early) == {}


def test_a_duplicate_is_one_event_twice() -> None:
    """An event sent twice is a duplicate; two pieces of one event are not."""
    twice = fault("duplicate_event")
    assert prove("duplicate", twice, *stream(*events(0, 1, 1, 2)))["event"] == 1
    pieces: list[Item] = [sent(1, 100, 120), sent(1, 120, 150)]
    assert prove("duplicate", twice, *stream(*pieces)) == {}


def test_a_swap_goes_backwards() -> None:
    """An event sent after its successor was swapped."""
    swap = fault("swap_events")
    assert prove("swap", swap, *stream(*events(0, 2, 1, 3)))["events"] == [2, 1]
    assert prove("swap", swap, *stream(*events(0, 1, 3))) == {}


def test_a_missing_event_leaves_a_hole() -> None:
    """An event left out leaves a hole in the numbers, or a clean end without done."""
    drop = fault("drop_event")
    done = sent(3, 250, 270, name="done")
    assert prove("missing", drop, *stream(*events(0, 2), done))["events"] == [1]
    assert prove("missing", drop, *stream(*events(0, 1)))["events"] == ["last"]
    assert prove("missing", drop, *stream(*events(0, 1, 2), done)) == {}
    broken = stream(*events(0, 1), end=response_end("gone"))
    assert prove("missing", drop, *broken) == {}


def test_chunks_of_single_bytes_split_events() -> None:
    """Chunks that ended inside events, and crossed, show that events were split."""
    split = fault("rechunk", args={"mode": "bytes"})
    chunks = [
        sent(place // 5, 100 + place, 101 + place, is_last=place % 5 == 4)
        for place in range(10)
    ]
    crossed = down(110, 110)
    assert prove("split", split, *stream(*chunks, crossed))["chunks"] == 10
    assert prove("split", split, *stream(*chunks)) == {}
    assert prove("split", split, *stream(*events(0, 1), down(200, 200))) == {}


def test_one_cut_character_is_a_split() -> None:
    """Cut inside a character, one event in two chunks is enough."""
    split = fault("rechunk", args={"mode": "mid_char"})
    first = sent(1, 150, 160, is_last=False)
    chunks: list[Item] = [sent(0, 100, 150), first, sent(1, 160, 200)]
    assert prove("split", split, *stream(*chunks, down(200, 200)))["events"] == 2
    assert prove("split", split, *stream(chunks[0], down(150, 150))) == {}


def test_a_client_that_leaves_after_the_first_chunk_was_hit() -> None:
    """That the rest was never written does not make the piece whole."""
    split = fault("rechunk", args={"mode": "mid_char"})
    first: list[Item] = [sent(0, 100, 150), sent(1, 150, 160, is_last=False)]
    gone = stream(*first, down(160, 160), end=response_end("gone"))
    assert prove("split", split, *gone)["chunks"] == 2
    unseen = stream(*first, down(150, 150), end=response_end("gone"))
    assert prove("split", split, *unseen) == {}


def test_merged_events_are_fewer_pieces_than_tokens() -> None:
    """More tokens than pieces, and than reads, were merged."""
    merge = fault("rechunk", args={"mode": "coalesce"})
    one: list[Item] = [*told("a", "b", "c"), sent(0, 100, 300), down(305, 305)]
    assert prove("merged", merge, *stream(*one))["events"] == 3
    assert prove("merged", merge, *asked(), FIRED, *streamed(3), response_end()) == {}


def test_a_held_response_is_not_ended_by_the_server() -> None:
    """After its last event, only the client ended what was held."""
    held = fault("hold_open_after_done")
    done = sent(2, 200, 220, name="done")
    gone = stream(*events(0, 1), done, end=response_end("gone"))
    assert prove("held", held, *gone)["ended_by"] == "client"
    assert prove("held", held, *stream(*events(0, 1), done)) == {}
    assert prove("held", held, *stream(*events(0), end=response_end("gone"))) == {}


def test_a_request_that_was_not_struck_proves_nothing() -> None:
    """Only the responses in which a fault fired are looked at."""
    other: list[Item] = [received(3), head(3, 500), response_end(req=3)]
    error = fault("http_status", args={"status": 500})
    assert prove("status", error, *stream(*events(0)), *other) == {}
