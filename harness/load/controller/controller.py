"""Edge: controls load runs, in the master or in the only process.

Starts the rig, makes the order of a run, collects the reports, and makes the result.
"""

import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec

from midstream.harness.load.controller.outages_process import OutagesProcess
from midstream.harness.load.controller.process_samples import RigWatch
from midstream.harness.load.controller.rig import LoadRig
from midstream.harness.load.controller.wanted import Wanted
from midstream.harness.load.metrics.health import ProcessSample
from midstream.harness.load.metrics.result import LoadResult, PhaseEntry
from midstream.harness.load.metrics.worker_reports import WorkerReports
from midstream.harness.load.report.result_of import LoadRun, make_result
from midstream.harness.load.storm.load_order import LoadOrder, Timetable
from midstream.harness.load.storm.schedule import require_fits
from midstream.harness.record.case import ClientInfo
from midstream.harness.reports.json_file import ClientEntry
from midstream.harness.runs.directory import new_directory

_LIBRARIES: Final = ("locust", "gevent", "aiohttp")
_EARLY_S: Final = 1.0
"""A run that ends earlier than planned by more than this was stopped early."""


class Controller:
    """Controls one load run after another, as long as the process lives.

    Attributes:
        order: The current run, or the last one; None before the first.
        ledger: The reports of its workers.
        lost: The workers that disconnected during the run.
    """

    def __init__(self, wanted: Wanted) -> None:
        """Start nothing yet; *wanted* was checked."""
        self.order: LoadOrder | None = None
        self.ledger = WorkerReports()
        self.lost: list[str] = []
        self._wanted = wanted
        self._client = ClientEntry("", "", 0)
        self._rig: LoadRig | None = None
        self._runs = self._workers = 0
        self._outages: OutagesProcess | None = None
        self._watch: RigWatch | None = None
        self._samples: list[ProcessSample] = []
        self._trouble = ""
        self._ended_at_s: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether a run is on, so that conversations still begin."""
        return self.order is not None and self._ended_at_s is None

    @property
    def at_s(self) -> float:
        """How many seconds ago the current run began; 0 if none is on."""
        if self.order is None or not self.is_on:
            return 0.0
        return time.time() - self.order.began_at_s

    @property
    def trouble(self) -> str:
        """The failure that ends the run; empty if there is none."""
        outages = self._outages.trouble if self._outages else ""
        dead = self._rig.dead() if self._rig else ""
        return self._trouble or outages or dead

    def prepare(self) -> None:
        """Start the rig, if it is not running, so that no run has to wait for it.

        Raises:
            StartError: It does not start.
        """
        if self._rig is not None and self._rig.dead():
            self.close()
        if self._rig is None:
            needs_toxiproxy = self._wanted.storm.needs_toxiproxy
            self._rig = LoadRig(self._wanted.servers, has_toxiproxy=needs_toxiproxy)

    def begin(
        self,
        client: ClientInfo,
        *,
        users: int,
        run_s: float,
        workers: Mapping[str, int],
    ) -> LoadOrder:
        """Begin a run and return its order.

        Args:
            client: The client under test.
            users: The most users at once.
            run_s: How long the run lasts, from now on.
            workers: The numbers of the load generators, by name.

        Raises:
            MidstreamError: The rig does not start, or the run is too short for the
                storm.
        """
        began_at_s = time.time()
        self.abandon()
        require_fits(self._wanted.storm, run_s)
        self.prepare()
        assert self._rig is not None  # noqa: S101 - just prepared
        self._runs += 1
        self._workers = len(workers)
        self._client = ClientEntry(client.name, client.version, client.level)
        for worker in workers:
            self.ledger.expect(worker)
        self.order = order = LoadOrder(
            storm=self._wanted.storm,
            seed=self._wanted.seed,
            users=users,
            workers=max(workers.values()) + 1,
            run_s=run_s,
            began_at_s=began_at_s,
            servers=self._rig.servers,
            toxiproxy=self._rig.toxiproxy,
            name=f"run-{self._runs}",
            limits=self._wanted.limits,
            out=str(new_directory(self._wanted.out.resolve())),
        )
        self._outages = OutagesProcess(order)
        self._watch = RigWatch(order.servers, self._rig.toxiproxy)
        return order

    def hear(self, worker: str, said: dict[str, Any]) -> None:
        """Take a worker's message: its report if it has one, samples, and failure."""
        if said["report"] is not None:
            self.ledger.take(worker, said["report"])
        self.see(msgspec.convert(said["samples"], list[ProcessSample]))
        self.note_failure(said["trouble"])

    def see(self, samples: Iterable[ProcessSample]) -> None:
        """Add *samples* of processes."""
        self._samples += samples

    def lose(self, worker: str) -> None:
        """Note that a worker disconnected during the run."""
        if worker not in self.lost:
            self.lost.append(worker)

    def note_failure(self, trouble: str) -> None:
        """Note the first failure; ignore an empty one."""
        self._trouble = self._trouble or trouble

    def end(self) -> None:
        """End the run: no further conversation begins. Safe to call twice.

        A failure known by now is the reason; later ones are only its consequences.
        """
        if self._ended_at_s is None:
            self._trouble = self.trouble
            self._ended_at_s = time.time()

    def finish(self, *, locust_report: str = "") -> LoadResult | None:
        """End the run and return its result, or None if none was on."""
        order, outages, watch = self.order, self._outages, self._watch
        if order is None or outages is None or watch is None:
            return None
        self.end()
        run_s = (self._ended_at_s or 0.0) - order.began_at_s
        if run_s < order.run_s - _EARLY_S:
            self.note_failure(f"stopped after {run_s:.0f} s of {order.run_s:.0f} s")
        outages.close()
        watch.close()
        run = LoadRun(
            storm=order.storm,
            client=self._client,
            seed=order.seed,
            users=order.users,
            began_at_s=order.began_at_s,
            run_s=run_s,
            phases=_phases(order, run_s),
            bands=outages.bands(),
            workers=self._workers,
            limits=order.limits,
            versions=_versions(order),
            command=self._wanted.command,
            trouble=self.trouble,
            locust_report=locust_report,
            samples=[*watch.samples, *self._samples],
            lost_workers=self.lost,
        )
        self._outages = self._watch = None
        return make_result(run, self.ledger, self._wanted.gates)

    def abandon(self) -> None:
        """Drop the current or last run, with its reports."""
        if self._outages is not None:
            self._outages.close()
        if self._watch is not None:
            self._watch.close()
        self._outages = self._watch = self.order = self._ended_at_s = None
        self.ledger, self.lost, self._samples, self._trouble = (
            WorkerReports(),
            [],
            [],
            "",
        )

    def close(self) -> None:
        """Stop the rig; safe to call twice."""
        if self._rig is not None:
            self._rig.stop()
            self._rig = None


def _phases(order: LoadOrder, ended_s: float) -> tuple[PhaseEntry, ...]:
    """Return the phases that took place before the run ended."""
    return tuple(
        PhaseEntry(
            name=span.phase.name,
            begin_s=span.begin_s,
            end_s=min(span.end_s, max(ended_s, span.begin_s)),
            users=span.users(order.users),
        )
        for span in Timetable(order).spans
        if span.begin_s <= ended_s
    )


def _versions(order: LoadOrder) -> dict[str, str]:
    found = {name: version(name) for name in _LIBRARIES}
    if order.toxiproxy is not None:
        found["toxiproxy"] = order.toxiproxy.version
    return found
