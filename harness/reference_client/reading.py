"""Reads back from the server: a run, and this thread's runs and messages."""

from urllib.parse import quote, urlencode

from .asking import Asker
from .values import Response, Script
from .wire import MessagePage, RunPage, WireMessage, WireRun, has_key

_PAGES_MAX = 100


class Reader:
    """Reads one thread.

    Args:
        asker: Makes the requests.
        thread_id: The id of the thread.
    """

    def __init__(self, asker: Asker, thread_id: str) -> None:
        self._asker = asker
        self._path = f"/threads/{quote(thread_id, safe='')}"

    @property
    def messages_path(self) -> str:
        """The path at which messages are added and listed."""
        return f"{self._path}/messages"

    @property
    def runs_path(self) -> str:
        """The path at which runs are started and listed."""
        return f"{self._path}/runs"

    def run_path(self, run_id: str) -> str:
        """Return the path of run *run_id*."""
        return f"{self._path}/runs/{quote(run_id, safe='')}"

    def run(self, run_id: str) -> Script[tuple[WireRun, Response]]:
        """Poll a run."""
        return (yield from self._asker.read("poll", self.run_path(run_id), WireRun))

    def find_run(self, client_key: str) -> Script[WireRun | None]:
        """Find the run created with *client_key*; None proves that there is none.

        One page, newest first, is enough: nobody else starts runs on this thread.
        """
        path = f"{self.runs_path}?{urlencode({'order': 'desc', 'limit': 20})}"
        page, _ = yield from self._asker.read("list_runs", path, RunPage)
        return next((r for r in page.data if has_key(r.metadata, client_key)), None)

    def find_message(self, client_key: str) -> Script[WireMessage | None]:
        """Find the message added with *client_key*; None proves that there is none."""
        path = f"{self.messages_path}?{urlencode({'order': 'desc', 'limit': 20})}"
        page, _ = yield from self._asker.read("list_messages", path, MessagePage)
        return next((m for m in page.data if has_key(m.metadata, client_key)), None)

    def answers(self, run_id: str) -> Script[list[WireMessage]]:
        """List the messages that run *run_id* has created, oldest first, all pages."""
        found: dict[str, WireMessage] = {}
        query = {"order": "asc", "limit": "100", "run_id": run_id}
        for _ in range(_PAGES_MAX):
            path = f"{self.messages_path}?{urlencode(query)}"
            page, _ = yield from self._asker.read("list_messages", path, MessagePage)
            fresh = {m.id: m for m in page.data if m.id not in found}
            found |= fresh
            # Without has_more, list on until a page brings nothing new.
            if not fresh or page.has_more is False:
                break
            query["after"] = page.data[-1].id
        return [
            m for m in found.values() if m.role == "assistant" and m.run_id == run_id
        ]
