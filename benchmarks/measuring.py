"""Edge: servers under loads: from starting them to rounds."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from midstream.mock_server.control import addresses
from midstream.mock_server.control.piped import PipedProcess
from midstream.mock_server.control.processes import StartError

from .draining import Drain, Load
from .errors import BenchmarkError
from .machine import Cores, both_busy_s, cpu_s, on_core, resident_bytes
from .rounds import Round, flaw
from .subjects import ROOT, Subject

_START_S: Final = 60.0
_END_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server is: its *port* of 127.0.0.1, its process, and what it *said*."""

    port: int
    pid: int
    said: addresses.Served


@contextmanager
def serving(subject: Subject, core: int) -> Iterator[Serving]:
    """Run *subject* on *core* as long as the context lasts.

    Raises:
        BenchmarkError: It does not start, or has ended before it was to.
    """
    with on_core(core):
        child = PipedProcess(subject.name, subject.command, cwd=ROOT)
    try:
        yield _found(child)
        if child.fate:
            raise BenchmarkError(child.fate)
    finally:
        child.end(_END_S)


def _found(child: PipedProcess) -> Serving:
    """Return where *child* serves, as it says itself."""
    try:
        (said,) = child.hear(addresses.parse, _START_S)
    except StartError as error:
        raise BenchmarkError(str(error)) from error
    return Serving(urlsplit(said.base_url).port or 0, said.pid, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One process of *subject*, under each of *loads* in turn.

    *body_bytes* is how large each body should be; None: as it comes.
    """

    subject: Subject
    loads: tuple[Load, ...]
    body_bytes: int | None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where is measured."""

    cores: Cores

    def take_turns(self, trials: Sequence[Trial], rounds: int) -> Iterator[Round]:
        """Yield what each of *trials* gives, in as many *rounds*.

        In each, every server is started anew, one after the other, beginning with
        another one.

        Raises:
            BenchmarkError: A server does not start, or there is no C compiler.
        """
        for number in range(rounds):
            first = number % len(trials)
            for trial in (*trials[first:], *trials[:first]):
                yield from self._try(trial, number)

    def _try(self, trial: Trial, number: int) -> Iterator[Round]:
        with serving(trial.subject, self.cores.server) as server:
            for load in trial.loads:
                measured = self._measure(trial, server, load, number)
                tell(measured)
                yield measured

    def _measure(self, trial: Trial, server: Serving, load: Load, number: int) -> Round:
        """Return one round of a server that runs."""
        idle_bytes = resident_bytes(server.pid)
        with Drain(server.port, load, self.cores.client) as drain:
            drain.wait("begin")
            begun_s, busy_s = cpu_s(server.pid), both_busy_s(self.cores)
            drain.wait("end")
            used_s = cpu_s(server.pid) - begun_s
            busy_s = both_busy_s(self.cores) - busy_s
            full_bytes = resident_bytes(server.pid)
            drained = drain.result()
        return Round(
            subject=trial.subject.name,
            connections=load.connections,
            number=number,
            cpu_s=used_s,
            idle_bytes=idle_bytes,
            resident_bytes=full_bytes,
            foreign=max(0.0, busy_s - used_s - drained.cpu_s) / drained.seconds,
            drained=drained,
            flaw=flaw(drained, trial.body_bytes),
        )


def tell(measured: Round) -> None:
    """Say on standard error how it goes."""
    drained = measured.drained
    sys.stderr.write(
        f"  {measured.subject:28} {measured.connections:5} streams "
        f"{measured.rate:10,.0f} events/s {measured.cpu_us:7.2f} us/event "
        f"late {drained.late.p99_ms:7.1f} ms  others {measured.foreign:4.0%} "
        f"{measured.flaw}\n"
    )
    sys.stderr.flush()
