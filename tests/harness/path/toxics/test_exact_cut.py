import asyncio
from typing import Literal

import pytest

from midstream.harness.path.tap import Tap
from midstream.harness.path.toxics import Stop
from midstream.harness.path.toxics._wire import Byte
from midstream.harness.path.toxics.cut import Cut
from midstream.harness.path.toxiproxy import Toxiproxy
from midstream.harness.record.history import Crossed, Ended, Opened
from tests.harness.path.toxics.helpers_path import (
    BEFORE,
    EVENTS,
    STRUCK,
    WHOLE,
    Server,
    fetch,
    on_wire,
    path,
)

pytestmark = pytest.mark.toxiproxy

FRAMED = on_wire(EVENTS[STRUCK])
LEAD = FRAMED.index(b"\n") + 1
MID = next(i for i, value in enumerate(FRAMED) if value > 0x7F) + 1
PLACES: dict[Byte, bytes] = {
    0: b"",
    17: FRAMED[: LEAD + 17],
    "mid_char": FRAMED[:MID],
    "end": FRAMED,
}
ENDS: tuple[Literal["fin", "rst"], ...] = ("fin", "rst")
SESSIONS_EACH = 25
STOP = Stop(len(BEFORE), LEAD, EVENTS[STRUCK])


async def is_exact(server: Toxiproxy, end: Literal["fin", "rst"], byte: Byte) -> bool:
    """Cut one session; say whether tap and client got just the bytes before it."""
    notes: list[Opened | Crossed | Ended] = []
    cut, wanted = Cut(end=end, byte=byte), BEFORE + PLACES[byte]
    async with (
        path(server, cut, Server(), is_gated=True) as proxy,
        Tap(proxy.port, notes.append) as tap,
    ):
        taken = await fetch(tap.port)
    down = [n.total for n in notes if isinstance(n, Crossed) and n.way == "down"]
    ends = [n.how for n in notes if isinstance(n, Ended) and n.who == "server"]
    at_the_tap, at_the_client = (down[-1], ends), (taken.data, taken.end)
    return at_the_tap == (len(wanted), [end]) and at_the_client == (wanted, end)


async def test_every_cut_is_exact_to_the_byte(toxiproxy: Toxiproxy) -> None:
    """FIN and RST, between events and inside them: no byte too few or too many."""
    kinds = [(end, byte) for end in ENDS for byte in PLACES] * SESSIONS_EACH
    exact = [await is_exact(toxiproxy, end, byte) for end, byte in kinds]
    assert f"{sum(exact)} of {len(exact)}" == "200 of 200"


@pytest.mark.parametrize("end", ENDS)
async def test_a_cut_path_is_whole_again_when_healed(
    toxiproxy: Toxiproxy, end: Literal["fin", "rst"]
) -> None:
    """The next connection through the same proxy gets the whole answer."""
    cut = Cut(end=end, byte=5)
    async with path(toxiproxy, cut, Server(), is_gated=True) as proxy:
        await fetch(proxy.port)
        (healing,) = cut.healed("f1")
        await proxy.change(healing)  # type: ignore[arg-type] # a cut only sets its toxic
        taken = await fetch(proxy.port)
    assert taken.data == WHOLE


async def test_runs_at_once_are_cut_each_by_its_own_proxy(toxiproxy: Toxiproxy) -> None:
    """Sixteen sessions side by side do not feel each other's cuts."""
    server, cut = Server(), Cut(byte="mid_char")
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    upstream = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    placed = cut.placed("f1", dormant=True)
    proxies = [await toxiproxy.create(f"r{n}", upstream, placed) for n in range(16)]
    for proxy in proxies[::2]:
        (change,) = cut.struck("f1", STOP)
        await proxy.change(change)  # type: ignore[arg-type] # a cut only sets its toxic
    taken = await asyncio.gather(*(fetch(proxy.port) for proxy in proxies))
    listener.close()
    assert {t.data for t in taken[::2]} == {BEFORE + PLACES["mid_char"]}
    assert {t.data for t in taken[1::2]} == {WHOLE}
