"""One request, with everything that its operation may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from midstream.mock_server.core.journal import Committed
from midstream.mock_server.core.replies import JSON_TYPE, Answer, Request
from midstream.mock_server.dialects import SessionContext

from . import fields
from .refusal import RefusedError
from .state import State
from .wire import Obj, pretty

_CONTENTS = "step_details.tool_calls[*].file_search.results[*].content"
"""The only legal value of ``include[]``."""


@dataclass(slots=True)
class OperationCall:
    """A request, its path's *params*, the state and the time in whole seconds."""

    request: Request
    params: Mapping[str, str]
    state: State
    context: SessionContext
    now_s: int
    _body: Obj | None = None

    @property
    def body(self) -> Obj:
        """The JSON object sent, empty if there was no body.

        Raises:
            RefusedError: The body is not a JSON object.
        """
        if self._body is None:
            self._body = fields.body(self.request.body)
        return self._body

    @property
    def with_contents(self) -> bool:
        """Whether ``include[]`` asks for what file searches found.

        Raises:
            RefusedError: ``include[]`` asks for anything else.
        """
        query = self.request.query
        if not query:
            return False
        wanted = (*query.get("include[]", ()), *query.get("include", ()))
        for value in wanted:
            fields.one_of(value, (_CONTENTS,), "include")
        return bool(wanted)

    def committed(
        self,
        what: Literal["assistant", "thread", "message", "run", "tool_output", "cancel"],
        object_id: str,
        thread: str = "",
        text: str = "",
        call_ids: tuple[str, ...] = (),
    ) -> None:
        """Journal that this request has changed the state."""
        entry = Committed(
            req=self.request.number,
            what=what,
            id=object_id,
            thread=thread,
            text=text,
            call_ids=call_ids,
        )
        self.context.journal(entry)


def ok(obj: Obj, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the successful response that holds *obj*."""
    all_headers = {"content-type": JSON_TYPE, **(headers or {})}
    return Answer(status=200, headers=all_headers, body=pretty(obj))


def deleted(object_id: str, kind: str) -> Answer:
    """Return the response to a deletion of a thing of *kind*."""
    return ok({"id": object_id, "object": f"{kind}.deleted", "deleted": True})


def refuse_if_locked(active_run: str | None, message: str) -> None:
    """Refuse with *message* if a run is active.

    Raises:
        RefusedError: A run is active.
    """
    if active_run is not None:
        raise RefusedError(message)
