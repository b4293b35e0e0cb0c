"""Edge: the hand on the weather, in a process of its own: takes paths down and up.

``python -m harness.load.run.conductor`` reads the order of a run as one line and tells
of each outage as one line of JSON: what was asked, when Toxiproxy had done it, and what
shows that it had an effect. It ends when its standard input does. In a process of its
own it is on time also where the load generator is not.
"""

import socket
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Final

import msgspec

from harness.errors import ToxiproxyError
from harness.load.paths.user_path import user_of
from harness.load.result import Band
from harness.load.run.orders import LoadOrder, Timetable, decode
from harness.load.schedule import Down
from harness.toxiproxy import api

_HANDS: Final = 4
_PASSES: Final = 20
"""How often proxies are looked for: some may be in the making at the first look."""
_BETWEEN_S: Final = 0.05


class Conducted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a conductor tells: an outage that is over, or what it could not do."""

    band: Band | None = None
    trouble: str = ""


class Conductor:
    """Carries out a load run's outages, one change after the other."""

    def __init__(
        self,
        order: LoadOrder,
        tell: Callable[[Conducted], object],
        at_s: Callable[[], float],
    ) -> None:
        """Be ready; *at_s* is the time since the run began."""
        self._timetable, self._users = Timetable(order), order.users
        self._tell, self._at_s = tell, at_s
        self._pool = ThreadPoolExecutor(_HANDS)
        self._is_over = Event()
        self._open: dict[Down, Band] = {}

    def conduct(self) -> None:
        """Do what is to be done, each at its time, until all is done or `stop`.

        What is down when it is stopped stays so, and is told to have ended then.
        """
        with self._pool:
            for moment_s in self._timetable.changes_s:
                if self._is_over.wait(max(0.0, moment_s - self._at_s())):
                    break
                try:
                    self._change(moment_s)
                except ToxiproxyError as error:
                    self._tell(Conducted(trouble=str(error)))
        for band in self._open.values():
            self._tell(Conducted(band=_ended(band, self._at_s())))

    def stop(self) -> None:
        """Do nothing more."""
        self._is_over.set()

    def _change(self, moment_s: float) -> None:
        """Let all paths be as they are to be at that moment, and tell what is over.

        Raises:
            ToxiproxyError: They cannot be.
        """
        asked_s = self._at_s()
        struck = self._settle(self._timetable.down_at(moment_s))
        done_s = self._at_s()
        for down in self._timetable.downs:
            if down.begin_s == moment_s:
                self._open[down] = Band(
                    kind="outage",
                    label=f"down: {len(down.users)} users",
                    asked_s=asked_s,
                    begin_s=done_s,
                    end_s=done_s,
                    effect=_probe(struck),
                    needs_effect=bool(struck),
                )
            elif down.end_s == moment_s and (band := self._open.pop(down, None)):
                self._tell(Conducted(band=_ended(band, done_s)))

    def _settle(self, down: frozenset[int]) -> dict[str, int]:
        """Close the proxies of *down*, open all others; return what was closed.

        Raises:
            ToxiproxyError: It cannot be done.
        """
        closed: dict[str, int] = {}
        for _ in range(_PASSES):
            wrong = [
                (state, is_enabled)
                for state in api.states().values()
                if (user := user_of(state.name)) is not None
                and state.enabled != (is_enabled := user % self._users not in down)
            ]
            made = [(state, want) for state, want in wrong if state.port]
            for state, want in self._pool.map(_switch, made):
                if state is not None and not want:
                    closed[state.name] = state.port
            if len(made) == len(wrong):
                break
            self._is_over.wait(_BETWEEN_S)  # some are being made just now
        return closed


def _switch(asked: tuple[api.ProxyState, bool]) -> tuple[api.ProxyState | None, bool]:
    """Open or close a proxy and return it; None: it is there no more.

    Raises:
        ToxiproxyError: It is there, and will not.
    """
    state, is_enabled = asked
    try:
        api.set_enabled(state.name, state.port, is_enabled=is_enabled)
    except ToxiproxyError:
        if state.name in api.states():
            raise
        return None, is_enabled  # its conversation is over, and it with it
    return asked


def _probe(struck: dict[str, int]) -> str:
    """Connect where a client would; say what shows that it cannot."""
    for name, port in struck.items():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return (
                    f"{len(struck)} proxies closed; a connection to {name} is refused"
                )
    return ""


def _ended(band: Band, end_s: float) -> Band:
    return msgspec.structs.replace(band, end_s=end_s)


def _say(conducted: Conducted) -> None:
    sys.stdout.write(msgspec.json.encode(conducted).decode() + "\n")
    sys.stdout.flush()


def main(lines: Iterable[str]) -> None:
    """Carry out the order in the first of *lines*, until they end."""
    rest = iter(lines)
    order = decode(next(rest))
    api.use_address(order.toxiproxy)
    conductor = Conductor(order, _say, lambda: time.time() - order.began_at_s)
    conducting = Thread(target=conductor.conduct)
    conducting.start()
    for _ in rest:
        pass
    conductor.stop()
    conducting.join()


if __name__ == "__main__":
    main(sys.stdin)
