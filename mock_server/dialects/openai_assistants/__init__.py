"""OpenAI's Assistants v2: finds and performs the operation that a request asks for.

The rules are in `state`. Source of the paths: OpenAPI, 23 operations.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Rejected
from midstream.mock_server.core.replies import Answer, Follow, Reply, Request
from midstream.mock_server.core.roles import RequestRole, Role
from midstream.mock_server.core.shapes import Shapes
from midstream.mock_server.dialects import DIALECTS, Route, SessionContext
from midstream.mock_server.dialects.openai_assistants import recordings
from midstream.mock_server.dialects.openai_assistants.spoken import SpokenAssistants
from midstream.mock_server.dialects.openai_assistants.state import endings
from midstream.mock_server.dialects.openai_assistants.state.call import OperationCall
from midstream.mock_server.dialects.openai_assistants.state.ops import (
    assistants,
    messages,
    runs,
    steps,
    threads,
)
from midstream.mock_server.dialects.openai_assistants.state.refusal import (
    RefusedError,
    missing_beta,
    unknown_route,
)
from midstream.mock_server.dialects.openai_assistants.state.state import State
from midstream.mock_server.dialects.openai_assistants.state.wire import ROLES
from midstream.mock_server.recordings.cassette import Cassette, Exchange

_ASSISTANT = "/assistants/{assistant_id}"
_THREAD = "/threads/{thread_id}"
_MESSAGE = f"{_THREAD}/messages/{{message_id}}"
_RUN = f"{_THREAD}/runs/{{run_id}}"

# The order matters: the path of create_thread_and_run looks like a thread's.
_TABLE: tuple[tuple[str, str, str, Callable[[OperationCall], Reply]], ...] = (
    ("POST", "/assistants", "create_assistant", assistants.create),
    ("GET", "/assistants", "list_assistants", assistants.index),
    ("GET", _ASSISTANT, "get_assistant", assistants.read),
    ("POST", _ASSISTANT, "update_assistant", assistants.update),
    ("DELETE", _ASSISTANT, "delete_assistant", assistants.delete),
    ("POST", "/threads", "create_thread", threads.create),
    ("POST", "/threads/runs", "create_thread_and_run", runs.create_with_thread),
    ("GET", _THREAD, "get_thread", threads.read),
    ("POST", _THREAD, "update_thread", threads.update),
    ("DELETE", _THREAD, "delete_thread", threads.delete),
    ("POST", f"{_THREAD}/messages", "add_message", messages.add),
    ("GET", f"{_THREAD}/messages", "list_messages", messages.index),
    ("GET", _MESSAGE, "get_message", messages.read),
    ("POST", _MESSAGE, "update_message", messages.update),
    ("DELETE", _MESSAGE, "delete_message", messages.delete),
    ("POST", f"{_THREAD}/runs", "create_run", runs.create),
    ("GET", f"{_THREAD}/runs", "list_runs", runs.index),
    ("GET", _RUN, "get_run", runs.read),
    ("POST", _RUN, "update_run", runs.update),
    ("POST", f"{_RUN}/cancel", "cancel_run", runs.cancel),
    ("POST", f"{_RUN}/submit_tool_outputs", "submit_tools", runs.submit),
    ("GET", f"{_RUN}/steps", "list_steps", steps.index),
    ("GET", f"{_RUN}/steps/{{step_id}}", "get_step", steps.read),
)
_OPERATIONS = {op: perform for _, _, op, perform in _TABLE}
_REQUEST_ROLES: Final[Mapping[str, RequestRole]] = {
    "add_message": "say",
    "create_run": "generate",
    "create_thread_and_run": "generate",
    "submit_tools": "submit",
    "cancel_run": "cancel",
    **{op: "read" for method, _, op, _ in _TABLE if method == "GET"},
}
_ROUTES: dict[tuple[str, int], list[tuple[list[str], str]]] = {}
_FIXED_ROUTES: dict[tuple[str, str], Route] = {}
for _method, _path, _op, _ in _TABLE:
    _parts = _path.split("/")
    _ROUTES.setdefault((_method, len(_parts)), []).append((_parts, _op))
    if "{" not in _path:
        _FIXED_ROUTES[_method, _path] = Route(_op, _REQUEST_ROLES.get(_op, "other"))
_VERSION = {"openai-version": "2020-10-01"}


@DIALECTS.register
class OpenAIAssistants:
    """One account of the API."""

    tells_text: bool = True
    keeps_state: bool = True
    roles: Mapping[str, Role] = ROLES
    is_keyless: ClassVar[bool] = False
    key: str = "bearer"

    def __init__(self, context: SessionContext) -> None:
        """Start with an empty account."""
        self.state = State()
        self._context = context

    @staticmethod
    def recognises(exchange: Exchange) -> bool:
        """Say whether it is about threads or assistants, which no other API has."""
        path = exchange.path.partition("?")[0]
        return "/threads" in path or "/assistants" in path

    @staticmethod
    def check(cassette: Cassette) -> None:
        """Check order, ids and texts of the recorded streams; see `recordings`.

        Raises:
            IncoherentError: The cassette contradicts itself.
        """
        recordings.check(cassette)

    @staticmethod
    def shapes(cassettes: Sequence[Cassette]) -> Shapes:  # noqa: ARG004 (the shape of a dialect)
        """Return those of this API, whatever is recorded."""
        return SpokenAssistants()

    def route(self, method: str, path: str) -> Route | None:
        """Return the operation, what it is for, and the ids in *path*."""
        if (fixed := _FIXED_ROUTES.get((method, path))) is not None:
            return fixed
        given = path.split("/")
        for pattern, op in _ROUTES.get((method, len(given)), ()):
            params = _match(pattern, given)
            if params is not None:
                role = _REQUEST_ROLES.get(op, "other")
                return Route(op, role, params.get("thread_id", ""), params)
        return None

    def respond(self, request: Request, now_s: float) -> Reply:
        """Apply *request* by the rules, or refuse it."""
        try:
            reply = self._perform(request, int(now_s))
        except RefusedError as refused:
            self._context.journal(
                Rejected(
                    req=request.number,
                    status=refused.status,
                    code=refused.code,
                    message=refused.message,
                )
            )
            reply = refused.answer()
        return self._signed(reply)

    def logs(self) -> Iterator[EventLog]:
        """Return the logs of all runs, in order of creation."""
        return (run.log for _, run in self.state.runs)

    def runs(self) -> Mapping[str, str]:
        """Return the status of each run by id, in order of creation."""
        return {run.log.run_id: run.status for _, run in self.state.applied()}

    def counts(self) -> Mapping[str, int]:
        """Return how many user messages, other messages and runs there are."""
        runs = self.runs()
        said = [m for t in self.state.threads.values() for m in t.messages.values()]
        users = sum(message["role"] == "user" for message in said)
        return {
            "threads": len(self.state.threads),
            "user_messages": users,
            "messages": len(said),
            "runs": len(runs),
        }

    def cancel(self, run_id: str, now_s: float) -> None:
        """Cancel a run because its client is gone; do nothing if it is over."""
        for thread, run in self.state.applied():
            if run.log.run_id == run_id and run.status in {"queued", "in_progress"}:
                runs.stop(thread, run, int(now_s))

    def expire(self, run_id: str, now_s: float) -> None:
        """Let a run expire; do nothing if it is over."""
        for thread, run in self.state.applied():
            if run.log.run_id == run_id and run.is_active:
                run.plan(endings.rest(thread, run, endings.EXPIRED, int(now_s)), {})

    def _perform(self, request: Request, now_s: int) -> Reply:
        route = self.route(request.method, request.path)
        if route is None:
            raise unknown_route(request.method, request.path)
        if "assistants=v2" not in request.headers.get("openai-beta", ""):
            raise missing_beta()
        call = OperationCall(request, route.params, self.state, self._context, now_s)
        return _OPERATIONS[route.op](call)

    def _signed(self, reply: Reply) -> Reply:
        """Add the headers that every response of the real server has."""
        mark = {"x-request-id": self._context.new_id("req_")}
        headers = {**reply.headers, **_VERSION, **mark}
        match reply:
            case Follow():
                return Follow(log=reply.log, start=reply.start, headers=headers)
            case Answer():
                return Answer(status=reply.status, headers=headers, body=reply.body)


def _match(pattern: Sequence[str], given: Sequence[str]) -> dict[str, str] | None:
    """Return the ids in the path parts *given*, or None if *pattern* does not fit."""
    params = {}
    for name, value in zip(pattern, given, strict=True):
        if name.startswith("{") and value:
            params[name.strip("{}")] = value
        elif name != value:
            return None
    return params
