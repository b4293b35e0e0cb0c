"""Dice: what strikes whom. The same seed gives the same, whatever else runs.

Nothing here has a state. Each draw begins its own generator from the words that name
it, so that it does not matter in which process, in which order or how often it is made.
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
"""The least that somebody waits who was shown nothing, before asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSample:
    """What one conversation will meet.

    Attributes:
        seed: The conversation's own seed.
        kind: The fault's name; empty: nothing strikes it.
        at: Where a server fault strikes.
        server: The server fault, its numbers settled.
        path: The path fault, in place before the conversation begins.
    """

    seed: int
    kind: str = ""
    at: Position | None = None
    server: FaultSpec | None = None
    path: PathCut | None = None

    def on(self, cut: PathCut | None) -> "StreamSample":
        """Return what can strike on a path that carries *cut*; None: it carries none.

        A path that is down is left as it is: there is nothing to put a fault on.
        """
        return self if cut == self.path else StreamSample(seed=self.seed)

    def armed(self) -> tuple[ArmedFault, ...]:
        """Return it as the conversation's history knows it: as "f1", or nothing.

        What strikes others, such as an outage, may end a response before the fault can:
        that it never fired is no reason to throw the conversation away.
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
    """Return a number for *words*: always the same, and for other words another.

    It is small enough for every reader of JSON to hold it exactly.
    """
    text = ":".join(map(str, words)).encode()
    return int.from_bytes(sha256(text).digest()[:6], "big")


def draws(seed: int, phase: StormPhase, user: int, n: int) -> StreamSample:
    """Return what meets the *n*-th conversation that *user* begins in *phase*."""
    own = seed_of(seed, phase.name, user, n)
    random = Random(own)
    place = random.random()
    for fault in phase.faults:
        if place < fault.part:
            return _settled(fault, own, dice(random))
        place -= fault.part
    return StreamSample(seed=own)


def _settled(fault: StormFault, seed: int, pick: Pick) -> StreamSample:
    """Return *fault* with every number drawn."""
    args = settle(fault.args, pick)
    if fault.kind in PATH_FAULTS:
        path = msgspec.convert(args, PATH_FAULTS[fault.kind])
        return StreamSample(seed=seed, kind=fault.kind, path=path)
    server = msgspec.convert(args, FAULTS[fault.kind])
    at = settle(msgspec.to_builtins(fault.at), pick) if fault.at else {}
    position = msgspec.convert(at, Position)
    return StreamSample(seed=seed, kind=fault.kind, at=position, server=server)


def path_of(seed: int, phase: StormPhase, user: int, users: int) -> tuple[Toxic, ...]:
    """Return how the path of *user*, one of *users*, is while *phase* lasts.

    The groups of the phase share the users out in an order that is drawn.
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
    """Return the user's own latency: Toxiproxy's own dice have no seed."""
    if state.latency_ms is None:
        return None
    random = Random(seed_of(seed, phase.name, "latency", user))
    off_ms = random.randint(-state.jitter_ms, state.jitter_ms)
    return state.latency_ms + off_ms


@lru_cache(maxsize=64)
def ranks(seed: int, word: str, users: int) -> tuple[int, ...]:
    """Return each user's place in the order that is drawn for *word*."""
    order = list(range(users))
    Random(seed_of(seed, word, users)).shuffle(order)
    return tuple(order)


def count_of(part: float, users: int) -> int:
    """Return how many of *users* are *part* of them, rounded half up."""
    return min(users, int(part * users + 0.5))


def first_start_s(seed: int, user: int, spread_s: float) -> float:
    """Return when *user* first begins, within *spread_s* seconds of the run's begin.

    Users who all begin at once would pulse together to the end.
    """
    return Random(seed_of(seed, "first", user)).random() * spread_s


def again_s(seed: int, user: int, number: int, spread_s: float) -> float:
    """Return how long *user* waits who was shown nothing, the *number*-th time so.

    A moment at least, and up to *spread_s* seconds more: people look at what went
    wrong before they try again, and not all equally long.
    """
    part = Random(seed_of(seed, "again", user, number)).random()
    return AGAIN_S + part * max(AGAIN_S, spread_s)


def arrivals(
    seed: int, phase: StormPhase, rate_per_s: float, span_s: float
) -> Iterator[float]:
    """Yield the intended starts of conversations: seconds from the phase's begin.

    A Poisson process: people who know nothing of each other. Whoever begins them, in
    however many processes, takes every k-th.
    """
    random = Random(seed_of(seed, phase.name, "arrivals"))
    at_s = random.expovariate(rate_per_s)
    while at_s < span_s:
        yield at_s
        at_s += random.expovariate(rate_per_s)
