"""Whether the names in a storm mean anything, and whether its numbers are possible.

Pure but for reading cassettes. A mistake is found here, before anything runs, and named
by file, place and remedy.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from midstream.harness.load.errors import StormError
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.plan.plan import DEFAULTS
from midstream.harness.plan.workloads import WORKLOADS
from midstream.harness.record.case import Expect
from midstream.mock_server import CassetteError, load
from midstream.mock_server.core.errors import UnknownNameError

from .fault_check import check_faults
from .path_fault import toxics
from .storm import PathState, Storm, StormOutage, StormPhase

_ROUNDING = 1e-9


def check(storm: Storm, shown: str) -> None:
    """Look through *storm*; *shown* is how messages call its file.

    Raises:
        StormError: A name means nothing, or a number is impossible.
    """
    try:
        events = _events(storm.cassettes)
        _check_workload(storm.workload)
        _check_expect(expect_of(storm))
        _check_phases(storm.phases)
        for index, phase in enumerate(storm.phases):
            place = f"$.phases[{index}]"
            check_faults(phase.faults, events, f"{place}.faults")
            _check_path(phase.path, f"{place}.path")
            _check_outages(phase.outages, f"{place}.outages")
    except StormError as error:
        raise StormError(f"{shown}: {error}") from error


def expect_of(storm: Storm) -> Expect:
    """Return what passes: what the storm says, else as for a recoverable fault."""
    given, default = storm.expect, DEFAULTS["recoverable"]
    return Expect(
        ok=default.ok if given.ok is None else given.ok,
        non_strict=default.non_strict if given.non_strict is None else given.non_strict,
    )


def _events(cassettes: Sequence[str]) -> Counter[str]:
    """Return how often each event comes in one stream of *cassettes*, at most."""
    counts: Counter[str] = Counter()
    for index, name in enumerate(cassettes):
        try:
            streams = load(name).streams()
        except (UnknownNameError, CassetteError) as error:
            raise StormError(f"$.cassettes[{index}]: {error}") from error
        for stream in streams:
            counts |= Counter(event.name or "" for event in stream.events())
    return counts


def _check_workload(name: str) -> None:
    try:
        WORKLOADS[name]
    except UnknownNameError as error:
        raise StormError(f"$.workload: {error}") from error


def _check_expect(expect: Expect) -> None:
    for word in (*expect.ok, *expect.non_strict):
        if word not in Verdict.__members__:
            unknown = UnknownNameError("verdict", word, Verdict.__members__)
            raise StormError(f"$.expect: {unknown}")


def _check_phases(phases: Sequence[StormPhase]) -> None:
    """Check that each has a name of its own, and that somebody converses at all."""
    seen: dict[str, int] = {}
    for index, phase in enumerate(phases):
        first = seen.setdefault(phase.name, index)
        if first != index:
            raise StormError(
                f"$.phases[{index}].name: {phase.name!r} is the name of "
                f"$.phases[{first}], too; each needs its own"
            )
    if not any(phase.users for phase in phases):
        raise StormError("$.phases: in none of them is a user; users = 1.0 is all")


def _check_path(states: Sequence[PathState], place: str) -> None:
    for index, state in enumerate(states):
        _check_state(state, f"{place}[{index}]")
    _require_whole((state.group for state in states), f"{place}: the groups")


def _check_state(state: PathState, place: str) -> None:
    """Check that it does something, and that Toxiproxy bears its numbers."""
    if state.latency_ms is None:
        if state.jitter_ms:
            raise StormError(f"{place}.jitter_ms: nothing jitters without latency_ms")
        ends: tuple[int | None, ...] = (None,)
    elif state.jitter_ms >= state.latency_ms:
        raise StormError(
            f"{place}.jitter_ms: {state.jitter_ms} is not below latency_ms, "
            f"{state.latency_ms}; nothing comes before it was sent"
        )
    else:
        off = state.jitter_ms
        ends = (state.latency_ms - off, state.latency_ms + off)
    for latency_ms in ends:
        try:
            made = toxics(state, latency_ms)
        except ValueError as error:
            raise StormError(f"{place}: {error}") from error
        if not made:
            raise StormError(
                f"{place}: it does nothing; "
                "give latency_ms, rate_kb_per_s or slice_bytes"
            )


def _check_outages(outages: Sequence[StormOutage], place: str) -> None:
    for index, outage in enumerate(outages):
        if outage.group is not None and outage.rolling is not None:
            raise StormError(
                f"{place}[{index}]: group and rolling exclude each other; "
                "a rolling outage strikes all users, a group at a time"
            )


def _require_whole(parts: Iterable[float], what: str) -> None:
    """Check that *parts* are not more than the whole."""
    total = sum(parts)
    if total > 1 + _ROUNDING:
        raise StormError(f"{what} add up to {total:g}; 1 is all there is")
