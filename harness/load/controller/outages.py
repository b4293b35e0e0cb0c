"""Edge: takes proxies down and up on schedule.

It is a program: it reads the order of a run as one line, and reports each outage as one
line of JSON: when it was requested, when Toxiproxy acknowledged it, and what proves its
effect. It ends when its standard input does. It runs in its own process so that a busy
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

_THREADS: Final = 4
_LOOK_S: Final = 0.1
"""How often to look for new proxies during an outage, because users make new ones."""


class OutageReport(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """A report of the outage scheduler: an outage that is over, or a failure."""

    band: PathInterval | None = None
    trouble: str = ""


class OutageScheduler:
    """Carries out the outages of a load run, one change after the other."""

    def __init__(
        self,
        order: LoadOrder,
        tell: Callable[[OutageReport], object],
        at_s: Callable[[], float],
    ) -> None:
        """Carry out *order*; *tell* gets the reports, *at_s* returns the run's time."""
        self._order, self._timetable = order, Timetable(order)
        self._tell, self._at_s = tell, at_s
        self._pool = ThreadPoolExecutor(_THREADS)
        self._is_over = Event()
        self._open: dict[Down, PathInterval] = {}
        self._kept: dict[str, KeptPort] = {}

    def run(self) -> None:
        """Carry out all outages at their times, until the last one ends or `stop`.

        An outage that is on at `stop` stays on, and is reported as ended then.
        """
        with self._pool:
            for moment_s in self._timetable.changes_s:
                if not self._wait(moment_s):
                    break
                self._change(moment_s)
        for band in self._open.values():
            self._tell(OutageReport(band=_ended(band, self._at_s())))
        for kept in self._kept.values():
            kept.release()

    def stop(self) -> None:
        """Stop carrying out outages."""
        self._is_over.set()

    def _wait(self, moment_s: float) -> bool:
        """Wait until *moment_s*; return False if stopped.

        During an outage, take down new proxies of its users as soon as they are seen.
        """
        while (left_s := moment_s - self._at_s()) > 0:
            if self._is_over.wait(min(left_s, _LOOK_S) if self._open else left_s):
                return False
            if self._open and self._at_s() < moment_s:
                self._settle(self._at_s())
        return not self._is_over.is_set()

    def _change(self, moment_s: float) -> None:
        """Bring all paths into their state from *moment_s* on; report ended outages."""
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
                self._tell(OutageReport(band=_ended(self._open.pop(down), done_s)))

    def _settle(self, at_s: float) -> None:
        """Close the proxies of all users who are down at *at_s*; open all others."""
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
            self._tell(OutageReport(trouble=str(error)))
            self.stop()
        else:
            self._prove(there)

    def _proxies(self) -> list[tuple[int, ProxyState]]:
        """Return the proxies of the run, each with its user.

        A proxy without a port is left out: its user is about to open it.

        Raises:
            ToxiproxyError: Toxiproxy does not list them.
        """
        run, users = self._order.proxies, self._order.users
        return [
            (user % users, state)
            for state in api.states().values()
            if state.port and (user := user_of(run, state.name)) is not None
        ]

    def _switch(self, asked: tuple[ProxyState, bool]) -> None:
        """Open or close a proxy, if it still exists; keep its port while it is closed.

        Raises:
            ToxiproxyError: It exists, and Toxiproxy did not change it.
        """
        state, is_enabled = asked
        try:
            api.set_enabled(state.name, state.port, is_enabled=is_enabled)
        except ToxiproxyError:
            if state.name in api.states():
                raise
            is_enabled = True  # its conversation is over, and the proxy is gone
        if is_enabled:
            self._kept.pop(state.name, KeptPort()).release()
        else:
            kept = self._kept[state.name] = KeptPort()
            kept.keep(state.port)

    def _prove(self, there: Sequence[tuple[int, ProxyState]]) -> None:
        """Note what proves the effect of each outage, once there is proof."""
        for down, band in self._open.items():
            struck = [state for user, state in there if user in down.users]
            if struck and not band.effect:
                proven = msgspec.structs.replace(band, effect=_probe(struck))
                self._open[down] = proven


def _probe(struck: Sequence[ProxyState]) -> str:
    """Connect where a client would; return the proof that it cannot, or ""."""
    for state in struck:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", state.port)):
                paths = counted(len(struck), "path")
                return f"{paths} closed; a connection to {state.name} is refused"
    return ""


def _ended(band: PathInterval, end_s: float) -> PathInterval:
    return msgspec.structs.replace(band, end_s=end_s)


def _say(report: OutageReport) -> None:
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    sys.stdout.flush()


def main(lines: Iterable[str]) -> None:
    """Carry out the order in the first of *lines*, until they end."""
    rest = iter(lines)
    order = decode(next(rest))
    assert order.toxiproxy is not None, "an order with outages"  # noqa: S101
    api.use_address(order.toxiproxy.address)
    scheduler = OutageScheduler(order, _say, lambda: time.time() - order.began_at_s)
    with ThreadPoolExecutor(1) as thread:
        outages = thread.submit(scheduler.run)
        for _ in rest:
            pass
        scheduler.stop()
        outages.result()


if __name__ == "__main__":
    main(sys.stdin)
