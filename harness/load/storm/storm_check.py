"""Checks that the names in a storm exist and that its numbers are possible.

Pure but for reading cassettes. It finds mistakes before anything runs, and names file,
place and remedy.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from midstream.harness.load.errors import StormError
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.plan.plan import DEFAULTS
from midstream.harness.plan.workloads import WORKLOADS
from midstream.harness.record.case import Expect
from midstream.mock_server import Cassette, CassetteError, DeclarationError, load
from midstream.mock_server.core.errors import UnknownNameError
from midstream.mock_server.library import event_counts, shapes_of

from .fault_check import check_faults
from .path_fault import toxics
from .storm import PathState, Storm, StormOutage, StormPhase

_ROUNDING = 1e-9


def check(storm: Storm, shown: str) -> None:
    """Check *storm*; messages call its file *shown*.

    Raises:
        StormError: A name does not exist, or a number is impossible.
    """
    try:
        cassettes = _cassettes(storm)
        events, shapes = _events(cassettes), shapes_of(cassettes)
        _check_workload(storm.workload)
        _check_expect(expect_of(storm))
        _check_phases(storm.phases)
        for index, phase in enumerate(storm.phases):
            place = f"$.phases[{index}]"
            check_faults(phase.faults, events, shapes, f"{place}.faults")
            _check_path(phase.path, f"{place}.path")
            _check_outages(phase.outages, f"{place}.outages")
    except StormError as error:
        raise StormError(f"{shown}: {error}") from error


def expect_of(storm: Storm) -> Expect:
    """Return the verdicts that pass: the storm's, or those of a recoverable fault."""
    given, default = storm.expect, DEFAULTS["recoverable"]
    return Expect(
        ok=default.ok if given.ok is None else given.ok,
        non_strict=default.non_strict if given.non_strict is None else given.non_strict,
    )


def _cassettes(storm: Storm) -> list[Cassette]:
    """Return its cassettes."""
    found = []
    for index, name in enumerate(storm.cassettes):
        try:
            found.append(load(name, dialect=storm.dialect))
        except (UnknownNameError, CassetteError) as error:
            raise StormError(f"$.cassettes[{index}]: {error}") from error
        except DeclarationError as error:
            raise StormError(f"$.dialect: {error}") from error
    return found


def _events(cassettes: Sequence[Cassette]) -> Counter[str]:
    """Return how often each event occurs in one stream of *cassettes*, at most."""
    counts: Counter[str] = Counter()
    for cassette in cassettes:
        for stream in cassette.streams():
            counts |= event_counts(cassette, stream)
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
    """Check that the phases have different names, and that one of them has users."""
    seen: dict[str, int] = {}
    for index, phase in enumerate(phases):
        first = seen.setdefault(phase.name, index)
        if first != index:
            raise StormError(
                f"$.phases[{index}].name: {phase.name!r} is also the name of "
                f"$.phases[{first}]; give each phase its own name"
            )
    if not any(phase.users for phase in phases):
        raise StormError("$.phases: no phase has users; users = 1.0 means all users")


def _check_path(states: Sequence[PathState], place: str) -> None:
    for index, state in enumerate(states):
        _check_state(state, f"{place}[{index}]")
    _require_whole((state.group for state in states), f"{place}: the groups")


def _check_state(state: PathState, place: str) -> None:
    """Check that the conditions do something, with numbers in Toxiproxy's range."""
    if state.latency_ms is None:
        if state.jitter_ms:
            raise StormError(f"{place}.jitter_ms: jitter_ms needs latency_ms as well")
        ends: tuple[int | None, ...] = (None,)
    elif state.jitter_ms >= state.latency_ms:
        raise StormError(
            f"{place}.jitter_ms: {state.jitter_ms} must be below latency_ms, "
            f"{state.latency_ms}"
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
                f"{place}: these path conditions change nothing; "
                "set latency_ms, rate_kb_per_s or slice_bytes"
            )


def _check_outages(outages: Sequence[StormOutage], place: str) -> None:
    for index, outage in enumerate(outages):
        if outage.group is not None and outage.rolling is not None:
            raise StormError(
                f"{place}[{index}]: group and rolling exclude each other; "
                "a rolling outage hits all users, one group at a time"
            )


def _require_whole(parts: Iterable[float], what: str) -> None:
    """Check that *parts* add up to at most 1."""
    total = sum(parts)
    if total > 1 + _ROUNDING:
        raise StormError(f"{what} add up to {total:g}; they must not exceed 1")
