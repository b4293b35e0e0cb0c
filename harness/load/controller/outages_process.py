"""Edge: starts the outage scheduler's process and collects its path intervals."""

from collections.abc import Iterator
from typing import Final

import gevent
import msgspec

from midstream.harness.load.controller.outages import OutageReport
from midstream.harness.load.metrics.result import PathInterval
from midstream.harness.load.storm.load_order import LoadOrder, Timetable, encode
from midstream.harness.programs import Program
from midstream.mock_server.control.piped import PipedProcess

_END_S: Final = 10.0


class OutagesProcess:
    """The outage scheduler of one run.

    Attributes:
        trouble: Its first failure; empty if there was none.
    """

    def __init__(self, order: LoadOrder) -> None:
        """Start the process, if the storm has outages."""
        self.trouble = ""
        timetable = Timetable(order)
        self._bands = list(_path_bands(timetable))
        self._child: PipedProcess | None = None
        if order.toxiproxy is not None and timetable.downs:
            self._child = child = _start(order)
            self._hearing = gevent.spawn(self._hear, child)

    def close(self) -> None:
        """End the process and take its last reports; safe to call twice."""
        child, self._child = self._child, None
        if child is None:
            return
        child.let_go()
        self._hearing.join(_END_S)
        self._hearing.kill()  # all reports are taken, unless the process hangs
        if child.end(_END_S):
            self._note_failure(child.fate)

    def bands(self) -> tuple[PathInterval, ...]:
        """Return all path intervals, in order of time."""
        return tuple(sorted(self._bands, key=lambda band: band.begin_s))

    def _hear(self, child: PipedProcess) -> None:
        for line in child.lines():
            report = msgspec.json.decode(line, type=OutageReport)
            if report.band is not None:
                self._bands.append(report.band)
            self._note_failure(report.trouble)
        if self._child is child:  # it ended by itself
            child.end(_END_S)
            self._note_failure(child.fate)

    def _note_failure(self, trouble: str) -> None:
        self.trouble = self.trouble or trouble


def _start(order: LoadOrder) -> PipedProcess:
    """Start an outage scheduler and send it its order."""
    child = PipedProcess("the outage scheduler", Program.OUTAGES.argv())
    child.tell(encode(order).encode())
    return child


def _path_bands(timetable: Timetable) -> Iterator[PathInterval]:
    """Yield the path conditions of each phase, which each user's own proxy has."""
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
            yield PathInterval(
                kind="path",
                label=f"{said} for {100 * state.group:g} %",
                asked_s=span.begin_s,
                begin_s=span.begin_s,
                end_s=span.end_s,
                needs_effect=False,
            )
