import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxics import SetToxic
from midstream.harness.path.toxiproxy import api
from midstream.harness.path.toxiproxy.transport import Transport, UnresponsiveError

ANSWERS: dict[str, tuple[int, str]] = {
    "/version": (200, '{"version": "2.12.0"}'),
    "/conflict": (409, '{"error":"proxy already exists","status":409}'),
    "/forbidden": (403, "User agent not allowed"),
    "/wedged": (503, "<html>\n<body>Request timed out</body></html>"),
    "/proxies/run/toxics/lost": (404, '{"error":"toxic not found","status":404}'),
    "/proxies/run/toxics/odd": (200, "<html>hello</html>"),
    "/proxies/run/toxics/deaf": (
        200,
        '{"name":"deaf","toxicity":1,"attributes":{"bytes":0}}',
    ),
}


class Answering(BaseHTTPRequestHandler):
    """Answers from the table; "/silent" not before the test is over."""

    over = threading.Event()

    def do_GET(self) -> None:
        """Answer any method."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/silent":
            self.over.wait(30)
            return
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_DELETE = do_GET  # noqa: N815 - the library's own names

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give the port of a server that answers from the table."""
    monkeypatch.setattr(Answering, "over", threading.Event())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    Answering.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/conflict", "GET /conflict: 409 proxy already exists"),
        ("/forbidden", "GET /forbidden: 403 User agent not allowed"),
        ("/wedged", "GET /wedged: 503 <html> <body>Request timed out"),
    ],
)
def test_every_error_says_what_was_asked_and_answered(
    port: int, path: str, expected: str
) -> None:
    """The library knows three status codes; we raise for all."""
    with pytest.raises(ToxiproxyError, match=expected):
        Transport().get(f"http://127.0.0.1:{port}{path}")


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_silence_ends_after_the_timeout(port: int, method: str) -> None:
    """No method of the library's can hang."""
    send: Callable[[str], object] = getattr(Transport(timeout_s=0.05), method)
    with pytest.raises(UnresponsiveError, match=r"/silent within 0\.05 s"):
        send(f"http://127.0.0.1:{port}/silent")


def test_nobody_there_is_an_error_of_its_own(unused_port: int) -> None:
    """A server that is gone is told from one that refuses."""
    with pytest.raises(UnresponsiveError, match=r"cannot connect .* GET /version"):
        Transport().get(f"http://127.0.0.1:{unused_port}/version")


def test_proxies_of_the_environment_are_ignored(
    port: int, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY is not for talking to our own machine."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    api.use("127.0.0.1", port)
    assert api.version() == "2.12.0"


@pytest.mark.parametrize(
    ("toxic", "expected"),
    [
        ("lost", "404 toxic not found"),
        ("odd", "is not Toxiproxy's"),
        ("deaf", r"toxic deaf with \{'bytes': 0\}.*expected \{'bytes': 9\}"),
    ],
)
def test_a_change_that_was_not_made_is_an_error(
    port: int, toxic: str, expected: str
) -> None:
    """The answer to a change must show it."""
    api.use("127.0.0.1", port)
    with pytest.raises(ToxiproxyError, match=expected):
        api.set_toxic("run", SetToxic(toxic, {"bytes": 9}))
