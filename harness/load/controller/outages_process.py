"""Edge: the conductor's process, as the head knows it, and the bands it tells of."""

from collections.abc import Iterator
from typing import Final

import gevent
import msgspec

from midstream.harness.load.controller.outages import Conducted
from midstream.harness.load.metrics.result import Band
from midstream.harness.load.storm.load_order import LoadOrder, Timetable, encode
from midstream.harness.programs import Program
from midstream.mock_server.control.piped import PipedProcess

_END_S: Final = 10.0


class Conducting:
    """The outages of one run, while they are carried out.

    Attributes:
        trouble: What could not be done first; empty: nothing.
    """

    def __init__(self, order: LoadOrder) -> None:
        """Begin, if there is anything to break."""
        self.trouble = ""
        timetable = Timetable(order)
        self._bands = list(_path_bands(timetable))
        self._child: PipedProcess | None = None
        if order.toxiproxy is not None and timetable.downs:
            self._child = child = _start(order)
            self._hearing = gevent.spawn(self._hear, child)

    def close(self) -> None:
        """Let the conductor end, and hear the last of it; safe to call twice."""
        child, self._child = self._child, None
        if child is None:
            return
        child.let_go()
        self._hearing.join(_END_S)
        self._hearing.kill()  # it has heard all, unless the process hangs
        if child.end(_END_S):
            self._note_failure(child.fate)

    def bands(self) -> tuple[Band, ...]:
        """Return everything that was done, in order of time."""
        return tuple(sorted(self._bands, key=lambda band: band.begin_s))

    def _hear(self, child: PipedProcess) -> None:
        for line in child.lines():
            conducted = msgspec.json.decode(line, type=Conducted)
            if conducted.band is not None:
                self._bands.append(conducted.band)
            self._note_failure(conducted.trouble)
        if self._child is child:  # nobody has told it to end
            child.end(_END_S)
            self._note_failure(child.fate)

    def _note_failure(self, trouble: str) -> None:
        self.trouble = self.trouble or trouble


def _start(order: LoadOrder) -> PipedProcess:
    """Start a conductor and hand it its order."""
    child = PipedProcess("the process that makes outages", Program.OUTAGES.argv())
    child.tell(encode(order).encode())
    return child


def _path_bands(timetable: Timetable) -> Iterator[Band]:
    """Yield what the paths are like in each phase; each user's own proxy has it."""
    for span in timetable.spans:
        for state in span.phase.path:
            words = {
                "latency": f"{state.latency_ms} ms" if state.latency_ms else "",
                "rate": f"{state.rate_kb_per_s} kB/s" if state.rate_kb_per_s else "",
                "slices": f"{state.slice_bytes} B" if state.slice_bytes else "",
            }
            said = ", ".join(
                f"{word} {value}" for word, value in words.items() if value
            )
            yield Band(
                kind="path",
                label=f"{said} for {100 * state.group:g} %",
                asked_s=span.begin_s,
                begin_s=span.begin_s,
                end_s=span.end_s,
                needs_effect=False,
            )
