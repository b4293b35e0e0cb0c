"""Edge: servers under loads: from starting them to rounds."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .draining import Drain, Load
from .machine import Cores, both_busy_s, cpu_s, resident_bytes
from .rounds import Round, flaw
from .serving import Serving, serving
from .subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where is measured, and how large each body should be; None: as it comes."""

    cores: Cores
    body_bytes: int | None

    def take_turns(
        self,
        subjects: Sequence[Subject],
        loads: Sequence[Load],
        numbers: Iterable[int],
    ) -> Iterator[Round]:
        """Yield a round of each subject under each load, for each of *numbers*.

        Each time every server is started anew, one after the other, beginning with
        another one.

        Raises:
            BenchmarkError: A server does not start, or there is no C compiler.
        """
        for number in numbers:
            first = number % len(subjects)
            for subject in (*subjects[first:], *subjects[:first]):
                with serving(subject, self.cores.server) as server:
                    for load in loads:
                        measured = self.measure(subject, server, load, number)
                        tell(measured)
                        yield measured

    def measure(
        self, subject: Subject, server: Serving, load: Load, number: int
    ) -> Round:
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
            subject=subject.name,
            connections=load.connections,
            number=number,
            cpu_s=used_s,
            idle_bytes=idle_bytes,
            resident_bytes=full_bytes,
            foreign=max(0.0, busy_s - used_s - drained.cpu_s) / drained.seconds,
            drained=drained,
            flaw=flaw(drained, self.body_bytes),
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
