"""Edge: samples how busy and how late the processes of a load run are.

`metrics.health` judges from the samples whether the rig was the bottleneck.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import gevent
import psutil
import requests
from msgspec.structs import replace

from midstream.harness.load.metrics.health import ProcessSample, Role
from midstream.harness.path.toxiproxy.running import Running
from midstream.mock_server.control.addresses import Served
from midstream.mock_server.serving.lateness import Beats, Lateness

_EVERY_S: Final = 2.0
_BEAT_S: Final = 0.02
_ANSWER_S: Final = 5.0


class Pulse:
    """Measures how late this process wakes up, and how busy it is."""

    def __init__(self, process: str, role: Role) -> None:
        """Start measuring."""
        self._process, self._role = process, role
        self._late, self._beats = Lateness(), Beats(_BEAT_S, time.monotonic())
        self._own = psutil.Process()
        self._own.cpu_percent()
        self._beating = gevent.spawn(self._beat)

    def sample(self) -> ProcessSample:
        """Return the state since the last sample.

        A wake-up that is due by now counts: a process that was paused may run this
        first, and this sample may be the last.
        """
        if self._beats.is_due(time.monotonic()):
            self._note()
        late, self._late = self._late, Lateness()
        return ProcessSample(
            process=self._process,
            role=self._role,
            at_s=time.time(),
            cpu_percent=self._own.cpu_percent(),
            loop_lag_p99_s=late.percentile_s(99) if late.count else None,
            lag_max_s=late.worst_s if late.count else None,
        )

    def close(self) -> None:
        """Stop measuring."""
        self._beating.kill(block=False)

    def _beat(self) -> None:
        while True:
            self._beats.expect(time.monotonic())
            gevent.sleep(_BEAT_S)
            self._note()

    def _note(self) -> None:
        """Count once by how much the current wake-up is late."""
        self._late.add(self._beats.late_s(time.monotonic()))


class RigWatch:
    """Samples the servers and Toxiproxy every few seconds.

    Attributes:
        samples: The samples so far.
    """

    def __init__(self, servers: Sequence[Served], toxiproxy: Running | None) -> None:
        """Start sampling; Toxiproxy only if this rig has started it."""
        self.samples: list[ProcessSample] = []
        self._lookers: list[Callable[[], ProcessSample]] = [
            _server(served, number) for number, served in enumerate(servers, 1)
        ]
        if toxiproxy is not None and toxiproxy.pid is not None:
            self._lookers.append(_toxiproxy(toxiproxy.pid))
        self._looking = gevent.spawn(self._keep_looking)

    def close(self) -> None:
        """Take a last sample, so that a short run has one as well, and stop."""
        self._looking.kill()
        self._look()

    def _keep_looking(self) -> None:
        while True:
            gevent.sleep(_EVERY_S)
            self._look()

    def _look(self) -> None:
        for look in self._lookers:
            with suppress(psutil.Error):  # gone; whoever needs the process says so
                self.samples.append(look())


def _server(served: Served, number: int) -> Callable[[], ProcessSample]:
    """Return a function that samples a server, which reports its own lateness.

    The server reports the lateness since the last request; a first request, here, drops
    the time before the run.
    """
    process = psutil.Process(served.pid)
    process.cpu_percent()
    session = requests.Session()
    session.trust_env = False
    session.headers["authorization"] = f"Bearer {served.token}"

    def ask() -> dict[str, Any]:
        try:
            url = f"{served.admin_url}/health"
            said: dict[str, Any] = session.get(url, timeout=_ANSWER_S).json()
        except (OSError, ValueError):  # no answer, or one that was cut short
            return {}
        return said

    def look() -> ProcessSample:
        said = ask()
        sample = ProcessSample(
            process=f"server {number}",
            role="server",
            at_s=time.time(),
            is_silent=not said,
        )
        if not said:
            return sample
        return replace(
            sample,
            cpu_percent=process.cpu_percent(),
            send_lag_p99_s=said["late_p99_s"] if said["due"] else None,
            lag_max_s=max(said["late_max_s"], said["standstill_s"]),
        )

    ask()
    return look


def _toxiproxy(pid: int) -> Callable[[], ProcessSample]:
    """Return a function that samples Toxiproxy, which can use all cores."""
    process = psutil.Process(pid)
    process.cpu_percent()

    def look() -> ProcessSample:
        return ProcessSample(
            process="toxiproxy",
            role="toxiproxy",
            at_s=time.time(),
            cpu_percent=process.cpu_percent(),
            cores=os.cpu_count() or 1,
        )

    return look
