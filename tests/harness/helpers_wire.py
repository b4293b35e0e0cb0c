"""Records of one connection, one a line: requests, responses, and what crossed."""

from typing import Any, Literal

from midstream.harness.record.history import (
    Crossed,
    Ended,
    Received,
    ResponseEnd,
    ResponseHead,
    Sent,
)
from midstream.harness.record.ops import ATTEMPTED
from midstream.mock_server.core.roles import RequestRole


def received(
    req: int = 2,
    op: str = "create_run",
    attempt: int = 1,
    body_hash: str = "same",
    conn: int = 1,
) -> Received:
    """Return a request on the one thread; "get_…" and "list_…" are GETs."""
    is_read = op.startswith(("get_", "list_"))
    roles: dict[str, RequestRole] = {**ATTEMPTED, "cancel_run": "cancel"}
    return Received(
        req=req,
        conn=conn,
        op=op,
        method="GET" if is_read else "POST",
        path=f"/v1/threads/thread_1/{op}",
        attempt=attempt,
        body_bytes=100,
        body_hash=body_hash,
        role="read" if is_read else roles.get(op, "other"),
        scope="thread_1",
    )


def head(
    req: int = 2,
    status: int = 200,
    wait_s: float | None = None,
    kind: Literal["seconds", "date", "ms"] = "seconds",
    end: int = 100,
) -> ResponseHead:
    """Return a response's head; of a run that is answered with 200, a stream's."""
    return ResponseHead(
        req=req,
        conn=1,
        status=status,
        end=end,
        is_stream=status < 300,
        retry_after_s=wait_s,
        retry_after_kind=None if wait_s is None else kind,
    )


def sent(
    event: int | None,
    start: int,
    end: int,
    name: str | None = "delta",
    **changes: Any,  # noqa: ANN401  # fields
) -> Sent:
    """Return the writing of a piece of the run's stream, verbatim."""
    default: dict[str, Any] = {
        "req": 2,
        "conn": 1,
        "is_verbatim": True,
        "head": f"{name} {event}",
    }
    return Sent(first=event, name=name, start=start, end=end, **(default | changes))


def response_end(
    how: Literal["clean", "fin", "rst", "gone"] = "clean", end: int = 100, req: int = 2
) -> ResponseEnd:
    """Return a response's end."""
    return ResponseEnd(req=req, conn=1, how=how, end=end)


def crossed(way: Literal["up", "down"], total: int, size: int = 10) -> Crossed:
    """Return one read at the tap."""
    return Crossed(conn=1, way=way, size=size, total=total)


def tap_end(
    who: Literal["client", "server"] = "server",
    how: Literal["fin", "rst", "refused"] = "fin",
) -> Ended:
    """Return the end of a connection at the tap."""
    return Ended(conn=1, who=who, how=how)
