"""Each tool call is executed at most once, with the arguments the model wrote.

Arguments may be written differently as long as they are the same JSON: a repaired
piece of a truncated one is not. An output for a call that was never executed is made
up, and what the model says of it is no answer.
"""

from typing import ClassVar

import msgspec

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
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

    def __init__(self, projections: Projections) -> None:
        """Begin before the first call."""
        super().__init__(projections)
        self._asked: dict[str, tuple[int, Asked]] = {}
        self._ran: dict[str, list[tuple[int, ToolExec]]] = {}
        self._taken: dict[str, int] = {}

    def handlers(self) -> Handlers:
        """Return what it reads: calls asked for and executed, and outputs taken."""
        return {Asked: self._ask, ToolExec: self._execute, Committed: self._commit}

    def _ask(self, record: Record, body: Asked) -> None:
        """Take note of a call that the run asks for."""
        self._asked[body.call_id] = record.seq, body

    def _execute(self, record: Record, body: ToolExec) -> None:
        """Take note of a call that the client executes."""
        self._ran.setdefault(body.call_id, []).append((record.seq, body))

    def _commit(self, record: Record, body: Committed) -> None:
        """Take note of outputs that the server takes."""
        if body.what == "tool_output":
            self._taken.update(dict.fromkeys(body.call_ids, record.seq))

    def finish(self) -> Finding:
        """Report the first call executed twice, otherwise than asked, or not at all."""
        for call_id, runs in self._ran.items():
            found = self._misrun(call_id, runs)
            if found:
                return found
        for call_id, seq in self._taken.items():
            if call_id not in self._ran:
                message = f"an output was submitted for call {call_id}, never executed"
                subtype = "INVENTED_TOOL_OUTPUT"
                return violated(self, Verdict.FALSE_SUCCESS, message, [seq], subtype)
        if not self._ran:
            return unknown(self, "no tool was executed")
        seqs = [runs[0][0] for runs in self._ran.values()]
        return holds(self, "each call was executed once, as asked", seqs)

    def _misrun(self, call_id: str, runs: list[tuple[int, ToolExec]]) -> Finding | None:
        """Report a call executed twice, unasked, or otherwise than asked."""
        seqs = [seq for seq, _ in runs]
        if len(runs) > 1:
            message = f"call {call_id} was executed {len(runs)} times"
            return self._violated(message, seqs, "TOOL_REEXECUTED")
        if call_id not in self._asked:
            message = f"call {call_id} was executed, but no run asked for it"
            return self._violated(message, seqs, "UNASKED_TOOL_CALL")
        (asked_seq, asked), (_, ran) = self._asked[call_id], runs[0]
        if asked.name != ran.name:
            message = f"call {call_id} of {asked.name!r} was executed as {ran.name!r}"
            return self._violated(message, [*seqs, asked_seq], "WRONG_TOOL_CALL")
        if not _is_same(asked.arguments, ran.arguments):
            message = f"call {call_id} was executed with other arguments than asked"
            return self._violated(message, [*seqs, asked_seq], "TRUNCATED_TOOL_CALL")
        return None

    def _violated(self, message: str, seqs: list[int], subtype: str) -> Finding:
        """Report a tool call that did too much."""
        return violated(self, Verdict.DUPLICATE_EFFECT, message, seqs, subtype)


def _is_same(asked: str, ran: str) -> bool:
    """Say whether two texts are the same, or the same JSON."""
    return asked == ran or _json(asked, 0) == _json(ran, 1)


def _json(text: str, broken: int) -> object:
    """Return the value of *text*; of broken JSON, something equal to nothing else."""
    try:
        return msgspec.json.decode(text, type=object)
    except msgspec.DecodeError:
        return ("broken", broken)
