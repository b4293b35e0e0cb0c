"""Samples the faults of each stream from the seed, whatever else runs.

Nothing here has state. Each sample seeds its own random generator from the words that
name it, so it is the same in every process, in any order, however often it is taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final

import msgspec

from midstream.harness.path.toxics import Toxic
from midstream.harness.record.case import ArmedFault
from midstream.mock_server import FAULTS, FaultSpec, Position

from .path_fault import PATH_FAULTS, PathCut, toxics
from .ranges import Pick, dice, settle
from .storm import PathState, StormFault, StormPhase

AGAIN_S: Final = 0.3
"""The shortest wait of a user who was shown nothing, before asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSample:
    """The fault of one conversation, if it has one.

    Attributes:
        seed: The conversation's own seed.
        kind: The fault's name; empty without a fault.
        at: The position of a server fault.
        server: The server fault, with sampled numbers.
        path: The path fault, which is in place before the conversation begins.
    """

    seed: int
    kind: str = ""
    at: Position | None = None
    server: FaultSpec | None = None
    path: PathCut | None = None

    def on(self, cut: PathCut | None) -> "StreamSample":
        """Return this sample, without its fault if the user's path is down.

        *cut* is the path fault that the path carries: this sample's, or None if it has
        none, or if the path is down and was left as it is.
        """
        return self if cut == self.path else StreamSample(seed=self.seed)

    def armed(self) -> tuple[ArmedFault, ...]:
        """Return the fault as the history records it, under the id "f1".

        It is allowed to miss: an outage may end the response before the fault fires.
        """
        thing = self.server or self.path
        if thing is None:
            return ()
        return (
            ArmedFault(
                id="f1",
                kind=self.kind,
                family="protocol" if self.server else "path",
                at=msgspec.to_builtins(self.at) if self.at else {},
                args=msgspec.to_builtins(thing),
                proof=thing.proof,
                disruptive=thing.disruptive,
                may_miss=True,
            ),
        )


def seed_of(*words: object) -> int:
    """Return a seed for *words*: always the same one, and another for other words.

    Every reader of JSON can hold it exactly.
    """
    text = ":".join(map(str, words)).encode()
    return int.from_bytes(sha256(text).digest()[:6], "big")


def draws(seed: int, phase: StormPhase, user: int, n: int) -> StreamSample:
    """Sample the fault of the *n*-th conversation that *user* begins in *phase*."""
    own = seed_of(seed, phase.name, user, n)
    random = Random(own)
    place = random.random()
    for fault in phase.faults:
        if place < fault.part:
            return _settled(fault, own, dice(random))
        place -= fault.part
    return StreamSample(seed=own)


def _settled(fault: StormFault, seed: int, pick: Pick) -> StreamSample:
    """Return *fault* with a number sampled from every range."""
    args = settle(fault.args, pick)
    if fault.kind in PATH_FAULTS:
        path = msgspec.convert(args, PATH_FAULTS[fault.kind])
        return StreamSample(seed=seed, kind=fault.kind, path=path)
    server = msgspec.convert(args, FAULTS[fault.kind])
    at = settle(msgspec.to_builtins(fault.at), pick) if fault.at else {}
    position = msgspec.convert(at, Position)
    return StreamSample(seed=seed, kind=fault.kind, at=position, server=server)


def path_of(seed: int, phase: StormPhase, user: int, users: int) -> tuple[Toxic, ...]:
    """Return the path conditions of *user*, one of *users*, in *phase*.

    The groups of the phase take the users in a sampled order.
    """
    rank = ranks(seed, f"{phase.name}/path", users)[user]
    begin = 0.0
    for state in phase.path:
        end = begin + state.group
        if count_of(begin, users) <= rank < count_of(end, users):
            return toxics(state, _latency_ms(seed, phase, user, state))
        begin = end
    return ()


def _latency_ms(
    seed: int, phase: StormPhase, user: int, state: PathState
) -> int | None:
    """Sample the user's own latency here, because Toxiproxy's jitter has no seed."""
    if state.latency_ms is None:
        return None
    random = Random(seed_of(seed, phase.name, "latency", user))
    off_ms = random.randint(-state.jitter_ms, state.jitter_ms)
    return state.latency_ms + off_ms


@lru_cache(maxsize=64)
def ranks(seed: int, word: str, users: int) -> tuple[int, ...]:
    """Return each user's place in the order that is sampled for *word*."""
    order = list(range(users))
    Random(seed_of(seed, word, users)).shuffle(order)
    return tuple(order)


def count_of(part: float, users: int) -> int:
    """Return *part* of *users* as a number of users, rounded half up."""
    return min(users, int(part * users + 0.5))


def first_start_s(seed: int, user: int, spread_s: float) -> float:
    """Return when *user* first begins, within *spread_s* seconds of the run's begin.

    Users who began at once would all ask at once to the end of the run.
    """
    return Random(seed_of(seed, "first", user)).random() * spread_s


def again_s(seed: int, user: int, number: int, spread_s: float) -> float:
    """Return how long *user* waits after a conversation that showed nothing.

    *number* counts these conversations. The wait is `AGAIN_S` and a random part of
    *spread_s* (of `AGAIN_S` if that is longer): people read an error before they try
    again.
    """
    part = Random(seed_of(seed, "again", user, number)).random()
    return AGAIN_S + part * max(AGAIN_S, spread_s)


def arrivals(
    seed: int, phase: StormPhase, rate_per_s: float, span_s: float
) -> Iterator[float]:
    """Yield the times at which conversations are due: seconds from the phase's begin.

    It is a Poisson process: independent users. Each of k processes takes every k-th.
    """
    random = Random(seed_of(seed, phase.name, "arrivals"))
    at_s = random.expovariate(rate_per_s)
    while at_s < span_s:
        yield at_s
        at_s += random.expovariate(rate_per_s)
