"""Runs another fake server, and says where it is, as ours do.

Its order comes as JSON, the only argument; see `benchmarks.peer`. Ends it when standard
input ends.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import requests

from benchmarks.peer import PeerOrder
from midstream.mock_server.control import addresses

_HOST: Final = "127.0.0.1"
_START_S: Final = 20.0
_LOOK_S: Final = 0.05
_END_S: Final = 5.0


def main(order: PeerOrder) -> None:
    """Start what *order* says, configure it, and wait.

    Raises:
        SystemExit: It does not listen, or refuses its configuration.
    """
    port = _free_port()
    with TemporaryDirectory() as folder:
        fixture = Path(folder) / "fixture.json"
        fixture.write_text(order.fixture)
        values = {"port": port, "fixture": fixture}
        command = [word.format(**values) for word in order.command]
        child = subprocess.Popen(  # noqa: S603 - what the benchmark has installed
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            _wait(child, port)
            _configure(order, f"http://{_HOST}:{port}")
            url = f"http://{_HOST}:{port}/v1"
            where = addresses.Served(base_url=url, pid=child.pid)
            print(addresses.line((where,)), flush=True)
            sys.stdin.read()
        finally:
            _end(child)


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as server:
        return int(server.getsockname()[1])


def _wait(child: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when somebody listens at *port*."""
    until_s = time.monotonic() + _START_S
    while child.poll() is None and time.monotonic() < until_s:
        try:
            socket.create_connection((_HOST, port)).close()
        except OSError:
            time.sleep(_LOOK_S)
        else:
            return
    raise SystemExit(f"{child.args!r} does not listen")


def _configure(order: PeerOrder, url: str) -> None:
    if not order.setup_path:
        return
    with requests.Session() as session:
        session.trust_env = False
        said = session.post(
            url + order.setup_path,
            data=order.setup,
            headers={"content-type": "application/json"},
            timeout=_START_S,
        )
    if not said.ok:
        raise SystemExit(f"{url}{order.setup_path} says {said.status_code}")


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(_END_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=PeerOrder))
