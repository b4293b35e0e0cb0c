"""Edge: injects a plan's path faults at their positions, and heals them.

The server stops at a fault's position and reports how many bytes it has written. Then
the nemesis changes Toxiproxy, and when Toxiproxy has acknowledged the change, the
server goes on: no clock decides where a fault hits. When the faulted connection has
ended, the path is healed before any later connection is forwarded.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.planned_fault import PlannedFault
from midstream.harness.record.history import (
    Body,
    Ended,
    HarnessTrouble,
    PathFired,
    PathHealed,
    Probed,
)
from midstream.mock_server import Gated

from .kept_port import KeptPort
from .tap import Tap
from .toxics import Change, Placed, SetToxic, Stop, TakeDown, Toxic
from .toxiproxy import Proxy

NOWHERE = Stop(offset=0, lead=0, data=b"")
ARM = "arm"


def placed(faults: Iterable[PlannedFault]) -> list[Placed]:
    """Return all toxics that must be in place before the client connects.

    Toxiproxy turns a server's RST into a FIN, unless the proxy has a dormant reset_peer
    (Toxiproxy 2.12, measured). So one is added for server faults that end with an RST.
    """
    toxics: list[Placed] = []
    for fault in faults:
        if fault.toxic is not None:
            dormant = fault.position is not None
            toxics.extend(fault.toxic.placed(fault.armed.id, dormant=dormant))
        elif fault.armed.args.get("how") == "rst":
            toxics.append(Placed(ARM, "reset_peer", "downstream", {"timeout": 0}, 0.0))
    return toxics


class Nemesis:
    """The path faults of one run."""

    def __init__(
        self,
        faults: Iterable[PlannedFault],
        proxy: Proxy,
        tap: Tap,
        note: Callable[[Body], object],
    ) -> None:
        """Inject *faults* on *proxy*, which *tap* forwards to; record with *note*."""
        self._faults = {f.armed.id: f for f in faults if f.toxic is not None}
        self._proxy, self._tap, self._note = proxy, tap, note
        self._to_heal: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._injections: set[asyncio.Task[None]] = set()
        self._kept = KeptPort()
        self.healed_at_s: float | None = None

    async def begin(self) -> None:
        """Inject the faults that act from the start and are no toxics."""
        for fault in self._faults.values():
            if fault.position is None and fault.toxic is not None:
                await self._strike(fault.armed.id, fault.toxic, NOWHERE)

    async def on_gate(self, gated: Gated) -> None:
        """Inject the fault whose gate the server has reached."""
        stop = Stop(offset=gated.offset, lead=gated.lead, data=gated.data)
        task = self._spawn(self._strike_at(gated.name, stop))
        self._injections.add(task)
        # The fault may end the very connection whose request waits here.
        await asyncio.shield(task)

    async def acted(self) -> None:
        """Wait until every injection that has begun is done."""
        await asyncio.gather(*self._injections)

    def on_end(self, _: Ended) -> None:
        """Heal all faults that have fired, now that a connection has ended.

        The receiver of the tap's records calls it at once: later connections wait at
        the tap until Toxiproxy has acknowledged.
        """
        if self._to_heal:
            names, self._to_heal = self._to_heal, []
            self._tap.hold()
            self._spawn(self._heal(names))

    async def end(self) -> None:
        """Stop healing; the proxy is about to be deleted."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._kept.release()

    async def _strike_at(self, name: str, stop: Stop) -> None:
        toxic = self._faults[name].toxic
        if toxic is None:
            return
        try:
            await self._strike(name, toxic, stop)
        except ToxiproxyError as error:
            self._note(HarnessTrouble(text=str(error)))

    async def _strike(self, name: str, toxic: Toxic, stop: Stop) -> None:
        changes = toxic.struck(name, stop)
        if stop is NOWHERE:
            changes = tuple(c for c in changes if isinstance(c, TakeDown))
        cut_at: int | None = None
        for change in changes:
            await self._perform(name, change)
            if isinstance(change, SetToxic):
                cut_at = change.attributes.get("bytes", cut_at)
        if changes:
            self._note(PathFired(fault=name, cut_at=cut_at))
        if any(isinstance(change, TakeDown) for change in changes):
            await self._probe(name)
        if any(isinstance(c, SetToxic) for c in changes) and toxic.healed(name):
            self._to_heal.append(name)

    async def _perform(self, name: str, change: Change) -> None:
        if isinstance(change, SetToxic):
            await self._proxy.change(change)
            return
        await self._tap.refuse()
        await self._proxy.disable()
        self._kept.keep(self._proxy.port)
        if change.seconds is not None:
            self._spawn(self._bring_up(name, change.seconds))

    async def _probe(self, name: str) -> None:
        """Connect where the client connects, to prove the outage."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._tap.port)
        except OSError:
            self._note(Probed(fault=name, is_refused=True))
            return
        writer.close()
        self._note(Probed(fault=name, is_refused=False))

    async def _bring_up(self, name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._proxy.enable()
            self._kept.release()
            await self._tap.listen()
        except OSError as error:
            self._note(HarnessTrouble(text=f"the outage could not be healed: {error}"))
            return
        self._healed(name)

    async def _heal(self, names: list[str]) -> None:
        try:
            for name in names:
                toxic = self._faults[name].toxic
                for change in toxic.healed(name) if toxic else ():
                    await self._perform(name, change)
                self._healed(name)
        except ToxiproxyError as error:
            self._note(HarnessTrouble(text=str(error)))
        finally:
            self._tap.release()

    def _healed(self, name: str) -> None:
        self.healed_at_s = asyncio.get_running_loop().time()
        self._note(PathHealed(fault=name))

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
