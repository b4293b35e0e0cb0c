"""An account of the Assistants dialect without any network or clock."""

# ruff: noqa: ANN401 - the objects of the API are JSON

import json
from collections.abc import Mapping
from typing import Any

from midstream.mock_server.core.journal import Entry
from midstream.mock_server.core.replies import Answer, Follow, Reply, Request
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.dialects import DIALECTS, Dialect, SessionContext
from midstream.mock_server.library import load
from midstream.mock_server.recordings.cassette import Cassette
from midstream.mock_server.serving import ids

BETA = {"openai-beta": "assistants=v2"}
NOW_S = 1_800_000_000.5
ASK = [{"role": "user", "content": "Well?"}]


class Account:
    """One account; `play` publishes all that its runs have to say."""

    def __init__(
        self, *cassettes: str | Cassette, is_express: bool = False, **settings: Any
    ) -> None:
        """Answer from *cassettes*, by default from ``short_answer``."""
        self.journal: list[Entry] = []
        self._number = 0
        context = SessionContext(
            cassettes=tuple(
                load(f"openai_assistants/{c}") if isinstance(c, str) else c
                for c in cassettes or ("short_answer",)
            ),
            settings=SessionSettings(**settings),
            new_id=ids.source(0),
            journal=self.journal.append,
            is_express=is_express,
        )
        self.dialect: Dialect = DIALECTS["openai_assistants"](context)

    def reply(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = BETA,
    ) -> Reply:
        """Send a request and return the reply as it is."""
        self._number += 1
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(
            number=self._number,
            method=method,
            path=path,
            query={k: (v,) for k, v in (query or {}).items()},
            headers=headers,
            body=b"" if body is None else data,
        )
        return self.dialect.respond(request, NOW_S)

    def refused(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """Send a request that must be refused; return status and error object."""
        answer = self.reply(method, path, body, **more)
        assert isinstance(answer, Answer)
        assert answer.status >= 400, answer.body
        return answer.status, json.loads(answer.body)["error"]

    def ok(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """Send a request that must succeed; return its JSON object."""
        answer = self.reply(method, path, body, **more)
        assert isinstance(answer, Answer)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def assistant(self, **fields: Any) -> str:
        """Create an assistant and return its id."""
        made = self.ok("POST", "/assistants", {"model": "gpt-4o", **fields})
        return str(made["id"])

    def thread(self, *texts: str) -> str:
        """Create a thread with user messages and return its path."""
        messages = [{"role": "user", "content": text} for text in texts or ("Well?",)]
        return f"/threads/{self.ok('POST', '/threads', {'messages': messages})['id']}"

    def run(self, thread: str, **fields: Any) -> str:
        """Create a run in the thread at that path and return its path."""
        body = {"assistant_id": self.assistant(), **fields}
        return f"{thread}/runs/{self.ok('POST', f'{thread}/runs', body)['id']}"

    def stream(self, thread: str, **fields: Any) -> Follow:
        """Create a streaming run and return what its response follows."""
        body = {"assistant_id": self.assistant(), "stream": True, **fields}
        reply = self.reply("POST", f"{thread}/runs", body)
        assert isinstance(reply, Follow)
        return reply

    def play(self, count: int | None = None) -> None:
        """Publish the next *count* entries of every run, or all there are."""
        for log in self.dialect.logs():
            left = count
            while log.pending is not None and left != 0:
                log.publish()
                left = None if left is None else left - 1

    def said(self, kind: type) -> list[Any]:
        """Return the journal's entries of that *kind*."""
        return [entry for entry in self.journal if isinstance(entry, kind)]


def events(follow: Follow) -> list[tuple[str, Any]]:
    """Return name and object of each event of a stream, published or only planned."""
    found = []
    for index in range(follow.start, 10_000):
        entry = follow.log.entry(index)
        if entry is None:
            break
        data = entry.data.decode().split("\n")[1].removeprefix("data: ")
        found.append((entry.name, None if data == "[DONE]" else json.loads(data)))
        if entry.ends_segment:
            break
    return found
