"""Edge: takes proxies down and up on schedule.

It is a program: it reads the order of a run as one line and tells of each outage as one
line of JSON: what was asked, when Toxiproxy had done it, and what shows that it had an
effect. It ends when its standard input does. It has a process of its own so that a busy
load generator cannot delay it.
"""

import socket
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

import msgspec

from midstream.harness.errors import ToxiproxyError
from midstream.harness.load.generator.user_proxy import user_of
from midstream.harness.load.metrics.result import PathInterval
from midstream.harness.load.metrics.units import counted
from midstream.harness.load.storm.load_order import LoadOrder, Timetable, decode
from midstream.harness.load.storm.schedule import Down
from midstream.harness.path.kept_port import KeptPort
from midstream.harness.path.toxiproxy import api
from midstream.harness.path.toxiproxy.api import ProxyState

_HANDS: Final = 4
_LOOK_S: Final = 0.1
"""How often proxies are looked for while some are to be down: users make new ones."""


class Conducted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a conductor tells: an outage that is over, or what it could not do."""

    band: PathInterval | None = None
    trouble: str = ""


class OutageScheduler:
    """Carries out a load run's outages, one change after the other."""

    def __init__(
        self,
        order: LoadOrder,
        tell: Callable[[Conducted], object],
        at_s: Callable[[], float],
    ) -> None:
        """Be ready; *at_s* is the time since the run began."""
        self._order, self._timetable = order, Timetable(order)
        self._tell, self._at_s = tell, at_s
        self._pool = ThreadPoolExecutor(_HANDS)
        self._is_over = Event()
        self._open: dict[Down, PathInterval] = {}
        self._kept: dict[str, KeptPort] = {}

    def conduct(self) -> None:
        """Do what is to be done, each at its time, until all is done or `stop`.

        What is down when it is stopped stays so, and is told to have ended then.
        """
        with self._pool:
            for moment_s in self._timetable.changes_s:
                if not self._wait(moment_s):
                    break
                self._change(moment_s)
        for band in self._open.values():
            self._tell(Conducted(band=_ended(band, self._at_s())))
        for kept in self._kept.values():
            kept.release()

    def stop(self) -> None:
        """Do nothing more."""
        self._is_over.set()

    def _wait(self, moment_s: float) -> bool:
        """Wait until *moment_s*; False: it was stopped.

        Meanwhile a proxy that somebody has just made, and that is to be down, is taken
        down as soon as it is seen.
        """
        while (left_s := moment_s - self._at_s()) > 0:
            if self._is_over.wait(min(left_s, _LOOK_S) if self._open else left_s):
                return False
            if self._open and self._at_s() < moment_s:
                self._settle(self._at_s())
        return not self._is_over.is_set()

    def _change(self, moment_s: float) -> None:
        """Let all paths be as they are to be from *moment_s* on; tell what is over."""
        asked_s = self._at_s()
        for down in self._timetable.downs:
            if down.begin_s == moment_s:
                self._open[down] = PathInterval(
                    kind="outage",
                    label=f"down: {counted(len(down.users), 'user')}",
                    asked_s=asked_s,
                    begin_s=asked_s,
                    end_s=asked_s,
                    needs_effect=bool(down.users),
                )
        self._settle(moment_s)
        done_s = self._at_s()
        for down, band in tuple(self._open.items()):
            if down.begin_s == moment_s:
                self._open[down] = msgspec.structs.replace(band, begin_s=done_s)
            elif down.end_s == moment_s:
                self._tell(Conducted(band=_ended(self._open.pop(down), done_s)))

    def _settle(self, at_s: float) -> None:
        """Close the proxies of who is down at *at_s*, open all others; tell trouble."""
        down = self._timetable.down_at(at_s)
        try:
            there = self._proxies()
            wrong = [
                (state, user not in down)
                for user, state in there
                if state.enabled == (user in down)
            ]
            tuple(self._pool.map(self._switch, wrong))
            for gone in self._kept.keys() - {state.name for _, state in there}:
                self._kept.pop(gone).release()
        except ToxiproxyError as error:
            self._tell(Conducted(trouble=str(error)))
            self.stop()
        else:
            self._prove(there)

    def _proxies(self) -> list[tuple[int, ProxyState]]:
        """Return the proxies of the run, each with its user.

        One without a port is being made; its maker is going to open it.

        Raises:
            ToxiproxyError: They cannot be had.
        """
        run, users = self._order.proxies, self._order.users
        return [
            (user % users, state)
            for state in api.states().values()
            if state.port and (user := user_of(run, state.name)) is not None
        ]

    def _switch(self, asked: tuple[ProxyState, bool]) -> None:
        """Open or close a proxy, if it is there; keep its port while it is closed.

        Raises:
            ToxiproxyError: It is there, and will not.
        """
        state, is_enabled = asked
        try:
            api.set_enabled(state.name, state.port, is_enabled=is_enabled)
        except ToxiproxyError:
            if state.name in api.states():
                raise
            is_enabled = True  # its conversation is over, and it with it
        if is_enabled:
            self._kept.pop(state.name, KeptPort()).release()
        else:
            kept = self._kept[state.name] = KeptPort()
            kept.keep(state.port)

    def _prove(self, there: Sequence[tuple[int, ProxyState]]) -> None:
        """Write down what shows that an outage has an effect, when something does."""
        for down, band in self._open.items():
            struck = [state for user, state in there if user in down.users]
            if struck and not band.effect:
                proven = msgspec.structs.replace(band, effect=_probe(struck))
                self._open[down] = proven


def _probe(struck: Sequence[ProxyState]) -> str:
    """Connect where a client would; say what shows that it cannot."""
    for state in struck:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", state.port)):
                paths = counted(len(struck), "path")
                return f"{paths} closed; a connection to {state.name} is refused"
    return ""


def _ended(band: PathInterval, end_s: float) -> PathInterval:
    return msgspec.structs.replace(band, end_s=end_s)


def _say(conducted: Conducted) -> None:
    sys.stdout.write(msgspec.json.encode(conducted).decode() + "\n")
    sys.stdout.flush()


def main(lines: Iterable[str]) -> None:
    """Carry out the order in the first of *lines*, until they end."""
    rest = iter(lines)
    order = decode(next(rest))
    assert order.toxiproxy is not None, "there is something to break"  # noqa: S101
    api.use_address(order.toxiproxy.address)
    conductor = OutageScheduler(order, _say, lambda: time.time() - order.began_at_s)
    with ThreadPoolExecutor(1) as hand:
        conducting = hand.submit(conductor.conduct)
        for _ in rest:
            pass
        conductor.stop()
        conducting.result()


if __name__ == "__main__":
    main(sys.stdin)
