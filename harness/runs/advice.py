"""Advice for the author of an adapter whose conversation failed. Pure.

The oracle says what is wrong; this says which line of the protocol is missing.
"""

from collections.abc import Callable
from typing import Final

from midstream.harness.oracle.verdict import Grade, Status
from midstream.harness.record.ops import Append, Notice, Op, Replace, Settle, ToolExec
from midstream.harness.record.ops import Final as FinalOp

from .rehearsal import Rehearsed

HELLO: Final = (
    '{"op":"hello","protocol":1,"name":"my_client","version":"1.0","level":1}'
)
END: Final = '{"op":"end","job":"j1"}'
_CRASH: Final = '{"op":"end","job":"j1","crash":"TypeError: …"}'
_SETTLE: Final = '{"op":"settle","job":"j1","turn":0,"claim":"complete"}'
_APPEND: Final = (
    '{"op":"append","job":"j1","message":"msg_1","part":0,"text":"what was added"}'
)
_NOTICE: Final = '{"op":"notice","job":"j1","text":"There is no whole answer: …"}'
_ATTEMPT: Final = '{"op":"attempt","job":"j1","what":"create_run"}'
_TOOLS: Final = (
    '{"op":"tool_exec","job":"j1","call_id":"call_1","name":"f","arguments":"{}"}'
    ' and {"op":"tool_submit","job":"j1","call_ids":["call_1"]}'
)


def why(rehearsed: Rehearsed) -> list[str]:
    """Return what went wrong, as sentences; none if nothing did."""
    if rehearsed.error:
        return [rehearsed.error]
    said = rehearsed.judgement
    if said.grade in {Grade.OK, Grade.NON_STRICT}:
        return list(rehearsed.untold)
    found = [f.message for f in said.findings if f.status is Status.VIOLATED]
    return [f"{said.verdict}: {message}" for message in found or [said.reason]]


def remedy(rehearsed: Rehearsed, *, wants_tools: bool = False) -> str:
    """Return what to add to the program, or "" if nothing obvious is missing."""
    for is_so, advice in _ADVICE:
        if is_so(rehearsed):
            return advice
    if wants_tools and not _has(rehearsed, ToolExec):
        return f"report each tool call: {_TOOLS}"
    return ""


def _has(rehearsed: Rehearsed, *kinds: type[Op]) -> bool:
    return any(isinstance(op, kinds) for op in rehearsed.ops)


def _is_unsettled(rehearsed: Rehearsed) -> bool:
    settled = {op.turn for op in rehearsed.ops if isinstance(op, Settle)}
    return len(settled) < rehearsed.turns


def _is_quietly_failed(rehearsed: Rehearsed) -> bool:
    failed = any(
        isinstance(op, Settle) and op.claim == "failed" for op in rehearsed.ops
    )
    return failed and not _has(rehearsed, Notice)


def _is_mute(rehearsed: Rehearsed) -> bool:
    return rehearsed.is_late and not rehearsed.ops


# In order: the first condition that is true decides.
_ADVICE: Final[tuple[tuple[Callable[[Rehearsed], bool], str], ...]] = (
    (
        lambda r: r.error.startswith("it ended with exit status"),
        f"catch exceptions that are not documented, and report them: {_CRASH}",
    ),
    (lambda r: bool(r.error), ""),
    (
        _is_mute,
        f"answer the job, and flush after every line: {_APPEND}",
    ),
    (
        lambda r: not _has(r, Append, Replace, FinalOp, Notice),
        f"report what the user sees, one line for every delta: {_APPEND}",
    ),
    (_is_unsettled, f"report how each turn ended, before the next begins: {_SETTLE}"),
    (lambda r: r.is_late, f"when the last turn is settled, end the job: {END}"),
    (_is_quietly_failed, f"tell the user that something is wrong: {_NOTICE}"),
    (
        lambda r: bool(r.untold),
        f'write this before each request: {_ATTEMPT}, or do not claim "attempts"',
    ),
)
