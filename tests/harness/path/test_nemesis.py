import asyncio
from typing import cast

import pytest

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.nemesis import Nemesis, placed
from midstream.harness.path.planned_fault import PlannedFault
from midstream.harness.path.tap import Tap
from midstream.harness.path.toxics import SetToxic, Toxic
from midstream.harness.path.toxics.cut import Cut
from midstream.harness.path.toxics.latency import Latency
from midstream.harness.path.toxics.outage import Outage
from midstream.harness.path.toxiproxy import Proxy
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.history import (
    Body,
    Ended,
    HarnessTrouble,
    PathFired,
    PathHealed,
    Probed,
)
from midstream.mock_server import FAULTS, Gated, Position
from tests.helpers import until

GATED = Gated(name="f1", req=4, conn=1, offset=1000, lead=4, data=b"x" * 50)
LOST = Ended(conn=1, who="server", how="fin")


class FakeProxy:
    """Remembers what it was told; fails if it is to."""

    port = 1

    def __init__(self, *, fails: bool = False) -> None:
        self.told: list[object] = []
        self._fails = fails

    async def change(self, change: SetToxic) -> None:
        """Remember *change*."""
        if self._fails:
            raise ToxiproxyError("Toxiproxy died at f1")
        self.told.append(change)

    async def disable(self) -> None:
        """Remember it."""
        self.told.append("disable")

    async def enable(self) -> None:
        """Remember it."""
        self.told.append("enable")


def planned(toxic: Toxic, position: Position | None) -> PlannedFault:
    """Return a fault of the path called f1."""
    armed = ArmedFault(
        id="f1", kind="k", family="path", at={}, args={}, proof="cut", disruptive=True
    )
    return PlannedFault(armed=armed, position=position, toxic=toxic)


class Scene:
    """A nemesis with a proxy that only remembers, and a tap of its own."""

    def __init__(self, fault: PlannedFault, *, fails: bool = False) -> None:
        self.notes: list[Body] = []
        self.proxy = FakeProxy(fails=fails)
        self.tap = Tap(1, self.notes.append)
        self.nemesis = Nemesis(
            [fault], cast("Proxy", self.proxy), self.tap, self.notes.append
        )


async def test_a_cut_is_set_before_the_gate_opens() -> None:
    """When the server may go on, Toxiproxy has acknowledged the exact byte."""
    scene = Scene(planned(Cut(byte=10), Position(event="e")))

    await scene.nemesis.on_gate(GATED)

    assert scene.proxy.told == [SetToxic("f1", {"bytes": 1014})]
    assert scene.notes == [PathFired(fault="f1", cut_at=1014)]


async def test_connections_wait_at_the_tap_until_the_path_is_healed() -> None:
    """From the end of the struck connection to the heal, nothing is forwarded."""
    scene = Scene(planned(Cut(), Position(event="e")))
    await scene.nemesis.on_gate(GATED)

    scene.nemesis.on_end(LOST)

    assert not scene.tap.links.gate.is_set()
    await until(scene.tap.links.gate.is_set)
    assert scene.notes[-1] == PathHealed(fault="f1")
    assert scene.nemesis.healed_at_s is not None


async def test_an_end_before_the_strike_heals_nothing() -> None:
    """A connection that closes on its own is no reason to touch the path."""
    scene = Scene(planned(Cut(), Position(event="e")))

    scene.nemesis.on_end(LOST)

    assert scene.tap.links.gate.is_set()
    assert scene.proxy.told == []


async def test_an_outage_is_proven_and_healed() -> None:
    """Where the client connects, the nemesis is refused; then the path is back."""
    scene = Scene(planned(Outage(down_s=0.01), None))
    async with scene.tap:
        await scene.nemesis.begin()
        refused = Probed(fault="f1", is_refused=True)
        assert scene.notes == [PathFired(fault="f1"), refused]

        await until(lambda: PathHealed(fault="f1") in scene.notes)

        assert scene.proxy.told == ["disable", "enable"]
        _, writer = await asyncio.open_connection("127.0.0.1", scene.tap.port)
        writer.close()
        await writer.wait_closed()


async def test_toxiproxy_gone_is_trouble_in_the_history() -> None:
    """The run can prove nothing, and says why; nothing is raised into the server."""
    scene = Scene(planned(Cut(), Position(event="e")), fails=True)

    await scene.nemesis.on_gate(GATED)

    assert scene.notes == [HarnessTrouble(text="Toxiproxy died at f1")]


def test_a_toxic_with_a_position_is_placed_dormant() -> None:
    """What must not act yet is there from the start, asleep."""
    awake = placed([planned(Latency(latency_ms=5), None)])
    asleep = placed([planned(Latency(latency_ms=5), Position(event="e"))])

    assert [toxic.toxicity for toxic in awake] == [1.0]
    assert [toxic.toxicity for toxic in asleep] == [0.0]


@pytest.mark.parametrize(("how", "types"), [("rst", ["reset_peer"]), ("fin", [])])
def test_a_reset_by_the_server_needs_a_dormant_toxic(
    how: str, types: list[str]
) -> None:
    """Toxiproxy would turn the server's RST into a FIN without it."""
    armed = ArmedFault(
        id="f1",
        kind="abort",
        family="protocol",
        at={},
        args={"how": how},
        proof="cut",
        disruptive=True,
    )
    fault = PlannedFault(armed=armed, position=Position(), server=FAULTS["abort"]())

    assert [(t.type, t.toxicity) for t in placed([fault])] == [(t, 0.0) for t in types]
