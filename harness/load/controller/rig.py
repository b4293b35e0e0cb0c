"""Edge: the servers and the Toxiproxy of a load run, as processes that end with us."""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from midstream.harness.path.toxiproxy.running import Running
from midstream.harness.programs import Program
from midstream.mock_server.control import addresses
from midstream.mock_server.control.piped import PipedProcess

T = TypeVar("T")
_START_S: Final = 30.0
_END_S: Final = 10.0


class LoadRig:
    """The running servers, and Toxiproxy.

    Attributes:
        servers: The addresses of the servers.
        toxiproxy: The address of Toxiproxy; None if it is not needed.
    """

    def __init__(self, servers: int, *, has_toxiproxy: bool) -> None:
        """Start *servers* server processes, and Toxiproxy if it is needed.

        Raises:
            StartError: One of them does not start; the others are ended.
        """
        self._children: list[PipedProcess] = []
        self.toxiproxy: Running | None = None
        try:
            options = ("--admin", "--json", "--until-eof")
            self.servers: tuple[addresses.Served, ...] = self._start(
                "the server",
                Program.SERVER.argv(*options, "--workers", str(servers)),
                addresses.parse,
            )
            if has_toxiproxy:
                self.toxiproxy = self._start(
                    "Toxiproxy",
                    Program.TOXIPROXY.argv(),
                    lambda line: msgspec.json.decode(line, type=Running),
                )
        except BaseException:
            self.stop()
            raise

    def dead(self) -> str:
        """Return which process has ended by itself, and how; "" if none has."""
        return next((child.fate for child in self._children if child.fate), "")

    def stop(self) -> None:
        """End all processes; safe to call twice."""
        for child in self._children:
            child.let_go()
        for child in self._children:
            child.end(_END_S)
        self._children.clear()

    def _start(
        self, name: str, argv: tuple[str, ...], parse: Callable[[bytes], T]
    ) -> T:
        """Run a program of ours and return the address in its first line."""
        child = PipedProcess(name, argv)
        self._children.append(child)
        return child.hear(parse, _START_S)
