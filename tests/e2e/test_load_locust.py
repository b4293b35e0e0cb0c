"""Load runs as Locust knows them: its command line, its reports, its workers."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from midstream.harness.programs import Program
from tests.e2e.helpers_load import (
    CALM,
    LOCUST,
    LOCUSTFILE,
    Running,
    require_quiet,
    result,
    run,
    running,
    storm,
)
from tests.helpers import free_port

pytestmark = [pytest.mark.load, pytest.mark.toxiproxy]

IMPATIENT = """\
import gevent
from pathlib import Path
from locust import runners
from midstream.harness.load.locust_hooks.users.reference import ReferenceUser
def lose_patience():
    while not Path("gone").exists():
        gevent.sleep(0.1)
    runners.MASTER_HEARTBEAT_TIMEOUT = 2  # not a minute
gevent.spawn(lose_patience)
"""
"""As patient with a master as others are, until the test says that it is gone."""
LATE = f"""\
import runpy
from locust import runners
say = runners.WorkerRunner._send_stats
def unless_over(worker):
    if worker.state != runners.STATE_STOPPED:
        say(worker)
runners.WorkerRunner._send_stats = unless_over
globals().update(runpy.run_path({str(LOCUSTFILE)!r}))
"""
"""Ours, but what Locust's workers send in the end does not come in time."""


def two_workers() -> tuple[str, ...]:
    """Return the options for two workers and a port on which they find a master."""
    port = str(free_port())
    return ("--processes", "2", "--master-port", port)


@pytest.mark.alone
def test_locust_itself_runs_it_and_adds_up_the_same(tmp_path: Path) -> None:
    """Two workers; what its statistics say of streams and tokens is what ours do."""
    (tmp_path / "late.py").write_text(LATE, encoding="utf-8")
    ours = ("-f", "late.py", "--headless", "--storm", storm(tmp_path))
    files = ("--html", "page.html", "--csv", "stats")
    *workers, port = two_workers()
    crowd = ("-u", "8", "-r", "8", "-t", "5s", "--master-bind-port", port)
    done = run(*ours, *files, *crowd, *workers, port, command=LOCUST, cwd=tmp_path)
    found = result(tmp_path)
    statistics = (tmp_path / "stats_stats.csv").read_text(encoding="utf-8")
    *_, total = csv.DictReader(statistics.splitlines())
    streams, tokens = found.totals["streams"], found.totals["shown"]
    assert int(total["Request Count"]) == streams > 8
    assert streams * float(total["Average Content Size"]) == pytest.approx(tokens)
    assert "short/wild" in (tmp_path / "page.html").read_text(encoding="utf-8")
    for time in ("ttft", "itl", "recovery"):
        assert re.search(rf"^{time} +[1-9]", done.said, re.MULTILINE), done.said
    require_quiet(done, found)
    assert (done.code, found.workers, found.health) == (0, 2, ()), done.said


def test_a_worker_that_is_lost_is_said_and_voids_the_run(tmp_path: Path) -> None:
    """Exit 3: the run goes on to its end, and what the other one told is kept."""
    calm = ("--storm", storm(tmp_path, CALM))
    crowd = ("-u", "4", "-r", "9", "-t", "4s")
    with running(*calm, *two_workers(), *crowd, cwd=tmp_path) as load:
        load.until("All users spawned|Spawning is complete")
        load.children(f"-m {Program.LOCUST.value} ")[0].kill()
        code = load.end()
    found = result(tmp_path)
    assert (code, found.verdict) == (3, "INVALID"), load.said
    assert "lost_worker" in {ailment.kind for ailment in found.health}
    assert re.search(r"! worker [01] went away during the run", load.said)
    assert found.totals["streams"] > 0
    assert found.run_s > 3


@contextmanager
def orphan(cwd: Path) -> Iterator[Running]:
    """Give a worker in the middle of a run whose master is killed."""
    file, port = cwd / "impatient.py", str(free_port())
    file.write_text(IMPATIENT, encoding="utf-8")
    common = ("--locustfile", file, "--storm", storm(cwd, CALM), "--master-port", port)
    with (
        running(*common, "--master", "-t", "5m", "-r", "9", cwd=cwd) as master,
        running(*common, "--worker", cwd=cwd) as worker,
    ):
        master.until(r"[1-9]\d* streams? ")
        master.process.kill()
        (cwd / "gone").touch()
        yield worker


def test_a_worker_without_a_master_says_so_and_ends(tmp_path: Path) -> None:
    """Exit 3, and what has become of the run."""
    with orphan(tmp_path) as worker:
        assert worker.end() == 3, worker.said
    assert "midstream: worker 0: the master is gone" in worker.said
