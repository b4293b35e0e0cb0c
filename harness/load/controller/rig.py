"""Edge: the servers and the Toxiproxy of a load run, as processes that end with us.

They end when their standard input does, so also if we are killed.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import gevent
import msgspec
from gevent import subprocess

from midstream.harness.load.errors import LoadError
from midstream.harness.path.toxiproxy.running import Running
from midstream.mock_server.control import addresses

T = TypeVar("T")
_START_S: Final = 30.0
_END_S: Final = 10.0


class RigError(LoadError):
    """What a load run needs does not start; the message says what and why."""


class LoadRig:
    """What is running.

    Attributes:
        servers: Where the servers are.
        toxiproxy: Where Toxiproxy is; None: it was not asked for.
    """

    def __init__(self, servers: int, *, has_toxiproxy: bool) -> None:
        """Start *servers* server processes, and Toxiproxy if it is needed.

        Raises:
            RigError: Something does not start; what did is ended.
        """
        self._children: list[subprocess.Popen[bytes]] = []
        self.toxiproxy: Running | None = None
        try:
            options = ("--admin", "--json", "--until-eof")
            self.servers: tuple[addresses.Served, ...] = self._start(
                ("midstream.mock_server", *options, "--workers", str(servers)),
                addresses.parse,
            )
            if has_toxiproxy:
                self.toxiproxy = self._start(
                    ("midstream.harness.path.toxiproxy",),
                    lambda line: msgspec.json.decode(line, type=Running),
                )
        except BaseException:
            self.stop()
            raise

    def dead(self) -> str:
        """Say what has ended by itself; nothing: all is there."""
        for child in self._children:
            if child.poll() is not None:
                return f"{_what(child)} has ended with code {child.returncode}"
        return ""

    def stop(self) -> None:
        """End everything; safe to call twice."""
        for child in self._children:
            if child.stdin is not None:
                child.stdin.close()
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_END_S)
            child.kill()
            child.wait()
        self._children.clear()

    def _start(self, module: Sequence[str], parse: Callable[[bytes], T]) -> T:
        """Run a module of ours and return what its first line says."""
        child = subprocess.Popen(
            [sys.executable, "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # ^C is ours
        )
        self._children.append(child)
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            with gevent.Timeout(_START_S, TimeoutError("it says nothing")):
                return parse(child.stdout.readline())
        except (TimeoutError, msgspec.MsgspecError) as error:
            raise RigError(
                f"{_what(child)} does not start; what it says is above"
            ) from error


def _what(child: "subprocess.Popen[bytes]") -> str:
    """Return what a child is, in words."""
    module = str(list(child.args)[2]) if isinstance(child.args, list) else ""
    return "Toxiproxy" if module == "midstream.harness.path.toxiproxy" else "the server"
