"""Sends the requests of toxiproxy-python, in place of the module `requests`.

The library has no timeouts, accepts a 500 as an answer and obeys HTTP_PROXY. All that
can be fixed in one place: its module global `toxiproxy.api.requests`. The calls block,
so make them in a thread.
"""

import threading
from typing import Any
from urllib.parse import urlsplit

import requests

from midstream.harness.errors import ToxiproxyError

TIMEOUT_S = 2.0
"""The longest wait for a response; most take 1 to 5 ms."""

_FIRST_ERROR = 400


class UnresponsiveError(ToxiproxyError):
    """The server did not answer: it hangs or is gone."""


class Transport:
    """The part of the `requests` module that the library uses, made safe.

    Each thread keeps one connection open; proxies of the environment are ignored. An
    error response raises `ToxiproxyError`, no response raises `UnresponsiveError`.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        """Wait at most *timeout_s* for each response."""
        self._timeout_s = timeout_s
        self._local = threading.local()

    def get(self, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - the library's own
        """Do what `requests.get` does."""
        return self._send("GET", url, options)

    def post(self, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - the library's own
        """Do what `requests.post` does."""
        return self._send("POST", url, options)

    def delete(self, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - the library's own
        """Do what `requests.delete` does."""
        return self._send("DELETE", url, options)

    def _send(
        self, method: str, url: str, options: dict[str, Any]
    ) -> requests.Response:
        """Send one request and return its response, unless that is an error."""
        what = f"{method} {urlsplit(url).path}"
        try:
            response = self._session().request(
                method, url, timeout=self._timeout_s, allow_redirects=False, **options
            )
        except requests.Timeout as error:
            raise UnresponsiveError(
                f"Toxiproxy did not answer {what} within {self._timeout_s:g} s"
            ) from error
        except requests.RequestException as error:
            raise UnresponsiveError(
                f"cannot connect to Toxiproxy for {what}: {error}"
            ) from error
        if response.status_code >= _FIRST_ERROR:
            raise ToxiproxyError(
                f"Toxiproxy refused {what}: {response.status_code} {_said(response)}"
            )
        return response

    def _session(self) -> requests.Session:
        """Return this thread's session."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session


def _said(response: requests.Response) -> str:
    """Return the text of an error response: Toxiproxy's JSON, or its router's text."""
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return " ".join(response.text.split())[:200]
