"""Load runs from a browser's side: Locust's page with our tables, run after run."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.e2e.helpers_load import CALM, Running, result, running, storm
from tests.helpers import free_port

pytestmark = [pytest.mark.load, pytest.mark.process]

CONCLUSION = r"  short  \d+ streams?"


class Page:
    """What a browser gets from a load run."""

    def __init__(self, load: Running, cwd: Path, port: str) -> None:
        """Look at *load* in *cwd*, whose page is on *port*."""
        self.load, self.cwd, self.port = load, cwd, port
        self._browser = requests.Session()
        self._browser.trust_env = False

    def get(self, path: str) -> requests.Response:
        """Return what is at *path*."""
        return self._browser.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def table(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of one of our tables."""
        tables = self._stats()["extended_stats"]
        return next(table["data"] for table in tables if table["key"] == key)

    def _stats(self) -> dict[str, Any]:
        """Return what the page asks for every two seconds."""
        stats: dict[str, Any] = self.get("/stats/requests").json()
        return stats

    def wait(self) -> None:
        """Wait until both workers can begin again: Locust lets them rest for 2 s."""
        until_s = time.monotonic() + 30
        while [each["state"] for each in self._stats()["workers"]] != 2 * ["ready"]:
            assert time.monotonic() < until_s, self.load.said

    def start(self, users: int, seconds: int) -> None:
        """Press the button."""
        form = {"user_count": users, "spawn_rate": users, "run_time": f"{seconds}s"}
        url = f"http://127.0.0.1:{self.port}/swarm"
        assert self._browser.post(url, form, timeout=10).json()["success"]


@contextmanager
def page(cwd: Path) -> Iterator[Page]:
    """Give the page of a run with two workers that begins by itself and has ended."""
    port, workers = str(free_port()), ("--processes", "2", "--master-port")
    calm = ("--storm", storm(cwd, CALM), "-u", "2", "-t", "2s")
    web = (*workers, str(free_port()), "--web", "--web-port", port, "--", "--autostart")
    with running(*calm, *web, cwd=cwd) as load:
        load.until(CONCLUSION)
        yield Page(load, cwd, port)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Return a page for all tests that leave nothing behind but one run more."""
    with page(tmp_path_factory.mktemp("web")) as shown:
        yield shown


def test_the_page_shows_what_the_result_says(shown: Page) -> None:
    """It has a tab for each of our tables, and in them what the run came to."""
    html = shown.get("/").text
    assert all(f"midstream-{key}" in html for key in ("verdicts", "times", "counts"))
    (row,) = shown.table("midstream-verdicts")
    ttft = shown.table("midstream-times")[0]
    found = result(shown.cwd)
    assert (row["verdict"], row["streams"]) == ("UNAFFECTED", found.totals["streams"])
    assert (ttft["metric"], ttft["n"]) == ("ttft", found.metrics[0].n)


def test_nobody_listens_beyond_this_machine(shown: Page) -> None:
    """Neither page nor master, who do whatever they are asked to."""
    process = psutil.Process(shown.load.process.pid)
    found = {
        link.laddr.ip
        for each in (process, *process.children(recursive=True))
        for link in each.net_connections()
        if link.status == psutil.CONN_LISTEN
    }
    assert found == {"127.0.0.1"}


def test_a_page_starts_one_run_after_another(shown: Page) -> None:
    """The second begins from nothing, and has a result of its own."""
    before, said = result(shown.cwd), shown.load.said
    shown.wait()
    shown.start(users=1, seconds=2)
    shown.load.until(f"(?s){re.escape(said)}.*{CONCLUSION}")
    found = result(shown.cwd)
    assert (found.users, found.workers) == (1, 2)
    assert found.began_at_s > before.began_at_s + before.run_s
    (row,) = shown.table("midstream-verdicts")
    assert row["streams"] == found.totals["streams"]


def test_a_run_begun_while_another_stops_is_concluded(tmp_path: Path) -> None:
    """Locust takes its users away with those of the other; that is said in the end."""
    with page(tmp_path) as shown:
        shown.start(users=2, seconds=2)
        shown.load.until(f"(?s)({CONCLUSION}.*){{2}}")
        shown.load.interrupt()
        assert shown.load.end() == result(tmp_path).exit_code, shown.load.said
