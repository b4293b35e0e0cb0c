"""Each tool call is executed at most once, with the arguments the model wrote.

Arguments may be written differently as long as they are the same JSON; a truncated
text that was repaired is not. An output for a call that was never executed is made up,
so what the model then says is no answer.
"""

from typing import ClassVar

import msgspec

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Asked, Committed, Record
from midstream.harness.record.ops import ToolExec


@CHECKERS.register
class ToolsOnce(Checker):
    """Compares the tools the client ran with those the runs asked for."""

    code: ClassVar[str] = "I7"
    level: ClassVar[int] = 2
    needs: ClassVar[Need | None] = "text"

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._asked: dict[str, tuple[int, Asked]] = {}
        self._ran: dict[str, list[tuple[int, ToolExec]]] = {}
        self._accepted: dict[str, int] = {}

    def handlers(self) -> Handlers:
        """Handle tool calls, their execution, and accepted outputs."""
        return {Asked: self._ask, ToolExec: self._execute, Committed: self._commit}

    def _ask(self, record: Record, body: Asked) -> None:
        self._asked[body.call_id] = record.seq, body

    def _execute(self, record: Record, body: ToolExec) -> None:
        self._ran.setdefault(body.call_id, []).append((record.seq, body))

    def _commit(self, record: Record, body: Committed) -> None:
        if body.what == "tool_output":
            self._accepted.update(dict.fromkeys(body.call_ids, record.seq))

    def finish(self) -> Finding:
        """Report the first call executed twice, wrongly, or not at all."""
        for call_id, runs in self._ran.items():
            found = self._misrun(call_id, runs)
            if found:
                return found
        for call_id, seq in self._accepted.items():
            if call_id not in self._ran:
                message = (
                    f"the client submitted an output for call {call_id}, which it never"
                    " executed"
                )
                subtype = "INVENTED_TOOL_OUTPUT"
                return violated(self, Verdict.FALSE_SUCCESS, message, [seq], subtype)
        if not self._ran:
            return unknown(self, "the client executed no tool")
        seqs = [runs[0][0] for runs in self._ran.values()]
        return holds(self, "the client executed each call once, as asked", seqs)

    def _misrun(self, call_id: str, runs: list[tuple[int, ToolExec]]) -> Finding | None:
        """Report a call executed twice, without being asked for, or wrongly."""
        seqs = [seq for seq, _ in runs]
        if len(runs) > 1:
            message = f"the client executed call {call_id} {len(runs)} times"
            return self._violated(message, seqs, "TOOL_REEXECUTED")
        if call_id not in self._asked:
            message = f"the client executed call {call_id}, but no run asked for it"
            return self._violated(message, seqs, "UNASKED_TOOL_CALL")
        (asked_seq, asked), (_, ran) = self._asked[call_id], runs[0]
        if asked.name != ran.name:
            message = (
                f"the client executed call {call_id} of {asked.name!r} as {ran.name!r}"
            )
            return self._violated(message, [*seqs, asked_seq], "WRONG_TOOL_CALL")
        if not _is_same(asked.arguments, ran.arguments):
            message = (
                f"the client executed call {call_id} with other arguments than asked"
            )
            return self._violated(message, [*seqs, asked_seq], "TRUNCATED_TOOL_CALL")
        return None

    def _violated(self, message: str, seqs: list[int], subtype: str) -> Finding:
        """Report a tool call with a false effect."""
        return violated(self, Verdict.DUPLICATE_EFFECT, message, seqs, subtype)


def _is_same(asked: str, ran: str) -> bool:
    """Say whether two texts are the same, or the same JSON."""
    return asked == ran or _json(asked, 0) == _json(ran, 1)


def _json(text: str, broken: int) -> object:
    """Return the value of *text*, or for broken JSON a value that equals no other."""
    try:
        return msgspec.json.decode(text, type=object)
    except msgspec.DecodeError:
        return ("broken", broken)
