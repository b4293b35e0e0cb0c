"""Edge: the machine that is measured on: its cores, its clocks, what else it does.

Linux only: it reads ``/proc``, and pins processes to cores.
"""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_PROC: Final = Path("/proc")
_IDLE: Final = (3, 4)
_COUNTED: Final = 8


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the *server* runs, and where who loads it: the *client*."""

    server: int
    client: int

    @classmethod
    def pick(cls) -> Self:
        """Return the first two that we may use; both are the same if there is one."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[:2][-1])

    @property
    def note(self) -> str:
        """Say where what runs."""
        if self.server == self.client:
            return "one core only: server and client share it, so that both are slow"
        return f"server on core {self.server}, client on core {self.client}"


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Let processes that are started meanwhile run on *core* and nowhere else."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_s(pid: int) -> float:
    """Return the CPU time that process *pid* has used, in all its threads.

    clock_getcpuclockid(3) makes the clock's number of the process's like this.
    """
    return time.clock_gettime(~pid << 3 | 2)


def resident_bytes(pid: int) -> int:
    """Return how much memory process *pid* has in use."""
    lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return 1024 * next(int(x.split()[1]) for x in lines if x.startswith("Rss:"))


def busy_s(core: int) -> float:
    """Return how long *core* has been busy since the machine started.

    proc(5): user, nice, system, idle, iowait, irq, softirq, steal. What others were
    given of the core by a hypervisor is time it was busy, for us.
    """
    lines = (_PROC / "stat").read_text().splitlines()
    found = next(line.split() for line in lines if line.startswith(f"cpu{core} "))
    ticks = [int(text) for text in found[1 : 1 + _COUNTED]]
    used = sum(t for place, t in enumerate(ticks) if place not in _IDLE)
    return used / os.sysconf("SC_CLK_TCK")


def both_busy_s(cores: Cores) -> float:
    """Return how long *cores* have been busy, together, since the machine started."""
    return sum(map(busy_s, {cores.server, cores.client}))


def describe() -> str:
    """Return what the machine is, in a line."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} x {_processor()}, {pages * page / 2**30:.0f} GiB, "
        f"Linux {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    lines = (_PROC / "cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.machine()).strip()
