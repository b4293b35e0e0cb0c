"""Edge: the master's side of a load run, or that of the only process.

Starts the rig, orders the run, hears the reports, and says in the end what came of it.
"""

import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from harness.case import ClientInfo
from harness.load.health import Sample
from harness.load.ledger import Ledger
from harness.load.locust_side.options import Wanted
from harness.load.report import html, text
from harness.load.result import LoadResult, PhaseEntry, encode
from harness.load.run.conducting import Conducting
from harness.load.run.orders import LoadOrder, Timetable
from harness.load.run.rig import Rig
from harness.load.run.vitals import Watch
from harness.load.schedule import require_fits
from harness.load.summing import LoadRun, make_result
from harness.reports.json_file import ClientEntry

_LIBRARIES: Final = ("locust", "gevent", "aiohttp")


class Head:
    """One load run after another, as long as the process lives.

    Attributes:
        order: The run that is on, or was; None: there was none.
        ledger: What was told of it.
        lost: Workers that went away in the middle.
        trouble: Why it ended early; empty: it did not.
    """

    def __init__(self, wanted: Wanted) -> None:
        """Begin with nothing running; *wanted* was checked."""
        self.order: LoadOrder | None = None
        self.ledger, self.trouble = Ledger(), ""
        self._wanted = wanted
        self._client: ClientInfo | None = None
        self._rig: Rig | None = None
        self._workers = 0
        self._conducting: Conducting | None = None
        self._watch: Watch | None = None
        self._samples: list[Sample] = []
        self.lost: list[str] = []
        self._ended_at_s: float | None = None

    @property
    def at_s(self) -> float:
        """How many seconds ago the run began; 0: none did."""
        return time.time() - self.order.began_at_s if self.order else 0.0

    @property
    def has_ended(self) -> bool:
        """Whether no conversation begins any more."""
        return self._ended_at_s is not None

    def begin(
        self,
        client: ClientInfo,
        *,
        users: int,
        run_s: float,
        workers: Mapping[str, int],
    ) -> LoadOrder:
        """Start what the run needs and return its order.

        Args:
            client: Who is under test.
            users: How many there are at most.
            run_s: How long it is to last.
            workers: Who makes the load, by id, with their numbers.

        Raises:
            HarnessError, MockServerError: Something does not start, or the storm does
                not fit into the time.
        """
        storm = self._wanted.storm
        require_fits(storm, run_s)
        if self._rig is None:
            self._rig = Rig(self._wanted.servers, has_toxiproxy=storm.needs_toxiproxy)
        toxiproxy = self._rig.toxiproxy
        self.ledger, self.trouble = Ledger(), ""
        self._samples, self.lost, self._ended_at_s = [], [], None
        self._client, self._workers = client, len(workers)
        for worker in workers:
            self.ledger.expect(worker)
        self.order = order = LoadOrder(
            storm=storm,
            seed=self._wanted.seed,
            users=users,
            workers=max(workers.values()) + 1,
            run_s=run_s,
            began_at_s=time.time(),
            servers=self._rig.servers,
            toxiproxy=toxiproxy.address if toxiproxy else "",
            toxiproxy_version=toxiproxy.version if toxiproxy else "",
            limits=self._wanted.limits,
            out=str(self._wanted.out.resolve()),
        )
        self._conducting = Conducting(order)
        pid = toxiproxy.pid if toxiproxy else None
        self._watch = Watch(order.servers, pid)
        return order

    def hear(self, worker: str, said: dict[str, Any]) -> None:
        """Take a worker's report: sums, samples of itself, and its trouble."""
        self.ledger.take(worker, said["report"])
        self.see(msgspec.convert(said["samples"], list[Sample]))
        self.trouble = self.trouble or said["trouble"]

    def see(self, samples: Iterable[Sample]) -> None:
        """Take note of how processes are."""
        self._samples += samples

    def lose(self, worker: str) -> None:
        """Take note that a worker has gone away in the middle of the run."""
        if worker not in self.lost:
            self.lost.append(worker)

    def end(self) -> None:
        """Take note that no conversation begins any more; safe to call twice."""
        if self._ended_at_s is None:
            self._ended_at_s = time.time()

    def finish(self, *, locust_report: str = "") -> LoadResult | None:
        """Stop everything and return what came of the run; None: there was none."""
        order, conducting, watch = self.order, self._conducting, self._watch
        client = self._client
        if order is None or client is None or conducting is None or watch is None:
            return None
        self.end()
        run_s = (self._ended_at_s or 0.0) - order.began_at_s
        conducting.close()
        watch.close()
        dead = self._rig.dead() if self._rig else ""
        result = make_result(
            LoadRun(
                storm=order.storm,
                client=_entry(client),
                seed=order.seed,
                users=order.users,
                began_at_s=order.began_at_s,
                run_s=run_s,
                phases=_phases(order, run_s),
                bands=conducting.bands(),
                workers=self._workers,
                limits=order.limits,
                versions=_versions(order),
                command=self._wanted.command,
                trouble=self.trouble or conducting.trouble or dead,
                locust_report=locust_report,
                samples=[*watch.samples, *self._samples],
                lost_workers=self.lost,
            ),
            self.ledger,
            self._wanted.gates,
        )
        self._conducting = self._watch = None
        return result

    def tell(self, result: LoadResult) -> None:
        """Print *result*, and write the files that were asked for."""
        for path, data in (
            (self._wanted.html, html.render),
            (self._wanted.json, encode),
        ):
            if path is not None:
                _write(path, data(result))
        sys.stdout.write("\n".join(["", *text.render(result), ""]))
        sys.stdout.flush()

    def close(self) -> None:
        """End what is running; safe to call twice."""
        if self._rig is not None:
            self._rig.stop()
            self._rig = None


def _write(path: Path, data: bytes) -> None:
    """Write a file; that it cannot be is said, and costs nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        sys.stderr.write(f"midstream: {path} cannot be written: {error.strerror}\n")


def _entry(client: ClientInfo) -> ClientEntry:
    return ClientEntry(client.name, client.version, client.level)


def _phases(order: LoadOrder, ended_s: float) -> tuple[PhaseEntry, ...]:
    """Return the phases as far as the run came."""
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
    if order.toxiproxy_version:
        found["toxiproxy"] = order.toxiproxy_version
    return found
