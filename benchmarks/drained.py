"""What the drain says it has measured; see native/drain.c. No I/O."""

import msgspec


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something took, *n* times."""

    n: int
    p50_ms: float
    p99_ms: float


class Drained(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What has come in the *seconds* that count.

    Attributes:
        events, bytes: How many; bytes are those of bodies, without chunk framing.
        reads: In how many pieces.
        streams: How many ended.
        shortest_bytes, longest_bytes: The bodies of those that ended.
        errors: How often a connection failed, or a response was none.
        wrong: Streams with another number of events than they should have.
        silent: Connections on which no event ever came.
        cpu_s: What the drain itself used.
        ttft: From a request to the first event.
        late: How much later than on its grid each event came.
    """

    seconds: float
    events: int
    bytes: int
    reads: int
    streams: int
    shortest_bytes: int
    longest_bytes: int
    errors: int
    wrong: int
    silent: int
    cpu_s: float
    ttft: Times
    late: Times
