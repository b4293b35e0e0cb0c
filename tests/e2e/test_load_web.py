"""Load runs from a browser's side: Locust's page with our tables, run after run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.e2e.helpers_load import CALM, Running, free_port, result, running, storm

pytestmark = pytest.mark.load

CONCLUSION = r"  short  \d+ streams?"


class Page:
    """What a browser gets from a load run."""

    def __init__(self, load: Running, port: int) -> None:
        """Look at *load*, whose page is on *port*."""
        self.load, self.port = load, port
        self._browser = requests.Session()
        self._browser.trust_env = False

    def get(self, path: str) -> requests.Response:
        """Return what is at *path*."""
        return self._browser.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def table(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of one of our tables."""
        tables = self.get("/stats/requests").json()["extended_stats"]
        return next(table["data"] for table in tables if table["key"] == key)

    def wait(self) -> None:
        """Wait until the page has its button again: nothing is running."""
        until_s = time.monotonic() + 30
        while self.get("/stats/requests").json()["state"] != "stopped":
            assert time.monotonic() < until_s, self.load.said

    def start(self, users: int, seconds: int) -> None:
        """Press the button."""
        form = {"user_count": users, "spawn_rate": users, "run_time": f"{seconds}s"}
        url = f"http://127.0.0.1:{self.port}/swarm"
        assert self._browser.post(url, form, timeout=10).json()["success"]


@contextmanager
def page(cwd: Path) -> Iterator[Page]:
    """Give the page of a run that has begun by itself and has ended."""
    port = free_port()
    calm = ("--storm", storm(cwd, CALM), "-u", "2", "-t", "3s")
    web = ("--web", "--web-port", str(port), "--", "--autostart")
    with running(*calm, *web, cwd=cwd) as load:
        load.until(CONCLUSION)
        yield Page(load, port)


def test_the_page_shows_what_the_result_says(tmp_path: Path) -> None:
    """It has a tab for each of our tables, and in them what the run came to."""
    with page(tmp_path) as shown:
        html = shown.get("/").text
        assert all(f"midstream-{key}" in html for key in ("verdicts", "times"))
        (row,) = shown.table("midstream-verdicts")
        ttft = shown.table("midstream-times")[0]
    found = result(tmp_path)
    assert (row["verdict"], row["streams"]) == ("UNAFFECTED", found.totals["streams"])
    assert (ttft["metric"], ttft["n"]) == ("ttft", found.metrics[0].n)


def test_a_page_starts_one_run_after_another(tmp_path: Path) -> None:
    """The second begins from nothing, and both have a result of their own."""
    with page(tmp_path) as shown:
        shown.wait()
        shown.start(users=1, seconds=3)
        shown.load.until(f"(?s)({CONCLUSION}.*){{2}}")
        (row,) = shown.table("midstream-verdicts")
        shown.load.interrupt()
        code = shown.load.end()
    found = result(tmp_path)
    assert code == found.exit_code, shown.load.said
    assert (found.users, found.totals["streams"]) == (1, row["streams"])
    kept = (tmp_path / "runs" / "load").glob("*/result.json")
    assert len({path.resolve() for path in kept}) == 2


def test_a_run_begun_while_another_stops_is_concluded(tmp_path: Path) -> None:
    """Locust takes its users away with those of the other; that is said in the end."""
    with page(tmp_path) as shown:
        shown.start(users=1, seconds=3)
        shown.load.until(f"(?s)({CONCLUSION}.*){{2}}")


def test_nobody_listens_beyond_this_machine(tmp_path: Path) -> None:
    """A page starts whatever it is asked to; Locust by itself shows it to all."""
    with page(tmp_path) as shown:
        process = psutil.Process(shown.load.process.pid)
        tree = [process, *process.children(recursive=True)]
        found = {
            link.laddr.ip
            for each in tree
            for link in each.net_connections()
            if link.status == psutil.CONN_LISTEN
        }
    assert found == {"127.0.0.1"}
