"""An account of the Assistants dialect without any network or clock."""

# ruff: noqa: ANN401 - the objects of the API are JSON

import json
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from midstream.mock_server.core import sse
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Entry, TextDropped, TextPlanned
from midstream.mock_server.core.replies import Answer, Follow, Reply, Request
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.dialects import DIALECTS, Dialect, SessionContext
from midstream.mock_server.dialects.openai_assistants.state import compiling
from midstream.mock_server.library import load
from midstream.mock_server.recordings.cassette import Cassette
from midstream.mock_server.serving import ids

BETA = {"openai-beta": "assistants=v2"}
NOW_S = 1_800_000_000.5
ASK = [{"role": "user", "content": "Well?"}]


class Account:
    """One account; `play` publishes all that its runs have to say."""

    def __init__(
        self, *cassettes: str | Cassette, has_template: bool = True, **settings: Any
    ) -> None:
        """Answer from *cassettes*, by default from ``short_answer``.

        Without a template each run is rendered anew, in the simple way.
        """
        self.journal: list[Entry] = []
        self._number, self._has_template = 0, has_template
        context = SessionContext(
            cassettes=tuple(
                load(f"openai_assistants/{c}") if isinstance(c, str) else c
                for c in cassettes or ("short_answer",)
            ),
            settings=SessionSettings(**settings),
            new_id=ids.source(0),
            journal=self.journal.append,
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
        if self._has_template:
            return self.dialect.respond(request, NOW_S)
        with patch.object(compiling, "template", return_value=None):
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

    def stream_with_thread(self, **fields: Any) -> Follow:
        """Create a thread and a streaming run in it, which tells of both."""
        body = {"assistant_id": self.assistant(), "thread": {"messages": ASK}}
        reply = self.reply("POST", "/threads/runs", {**body, "stream": True, **fields})
        assert isinstance(reply, Follow)
        return reply

    def play(self, count: int | None = None) -> None:
        """Publish the next *count* entries of every run, or all there are."""
        for log in self.dialect.logs():
            log.publish(log.planned if count is None else min(count, log.planned))

    def said(self, kind: type) -> list[Any]:
        """Return the journal's entries of that *kind*."""
        return [entry for entry in self.journal if isinstance(entry, kind)]

    def tokens(self) -> dict[tuple[str, int], list[str]]:
        """Return the tokens of each part that the journal says are said in the end."""
        found: dict[tuple[str, int], list[str]] = {}
        for entry in self.journal:
            if isinstance(entry, TextPlanned):
                found.setdefault((entry.message, entry.part), []).extend(entry.texts)
            elif isinstance(entry, TextDropped):
                del found[entry.message, entry.part][-entry.count :]
        return found


def events(follow: Follow) -> list[tuple[str | None, Any]]:
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


def told(log: EventLog, start: int, stop: int) -> dict[tuple[str, int], str]:
    """Return the text of each part that deltas tell from entry *start* to *stop*."""
    found: dict[tuple[str, int], str] = {}
    for index in range(start, stop):
        entry = log.entry(index)
        if entry is None or entry.name != "thread.message.delta":
            continue
        delta = json.loads(sse.frames(entry.data)[0][1])
        for block in delta["delta"]["content"]:
            key = delta["id"], block["index"]
            found[key] = found.get(key, "") + block.get("text", {}).get("value", "")
    return found
