import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.browser import engine, find

pytestmark = pytest.mark.process

CHILD = """
import asyncio, time
from midstream.harness.runtimes.browser import engine

async def main():
    async with engine.shared().page():
        print("up", flush=True)
        time.sleep(600)

asyncio.run(main())
"""


def descendants(pid: int) -> set[int]:
    """Return the numbers of all processes below *pid*."""
    children: dict[int, set[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, set()).add(int(entry.name))
    found, todo = set[int](), [pid]
    while todo:
        below = children.get(todo.pop(), set()) - found
        found |= below
        todo += below
    return found


def is_alive(pid: int) -> bool:
    """Say whether a process runs, and is not merely waiting to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def gone(pids: set[int]) -> None:
    """Wait until none of *pids* is alive."""
    async with asyncio.timeout(20):
        while any(map(is_alive, pids)):  # noqa: ASYNC110 - no process of ours to wait for
            await asyncio.sleep(0.05)


@pytest.mark.chromium
async def test_the_browser_does_not_outlive_a_harness_that_is_killed() -> None:
    """SIGKILL leaves no time to clean up; the browser goes all the same."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"up\n"
    below = descendants(child.pid)
    assert len(below) > 2

    os.kill(child.pid, signal.SIGKILL)
    await child.communicate()
    await gone(below)


@pytest.mark.chromium
async def test_closing_ends_the_browser_and_may_be_repeated() -> None:
    """After `close` no process is left, and the next page starts another browser."""
    before = descendants(os.getpid())
    own = engine.Engine()
    for _ in range(2):
        async with own.page() as page:
            assert await page.evaluate("1 + 1") == 2
        started = descendants(os.getpid()) - before
        assert started
        await own.close()
        await own.close()
        await gone(started)


@pytest.mark.chromium
async def test_nothing_but_loopback_is_ever_asked_for() -> None:
    """A name outside is unknown to the browser, so no page reaches beyond us."""
    own = engine.Engine()
    async with own.page() as page:
        words = await page.evaluate("fetch('http://localhost.example/').catch(String)")
    await own.close()
    assert words == "TypeError: Failed to fetch"


async def test_a_program_that_is_no_browser_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not start as one is reported by its path."""
    pytest.importorskip("playwright")
    fake = tmp_path / "fake"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv(find.VARIABLE, str(fake))
    own = engine.Engine()
    with pytest.raises(UnavailableError, match="fake does not start"):
        async with own.page():
            pass
    await own.close()
