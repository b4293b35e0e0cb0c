"""Each tool call is executed at most once, with the arguments the model wrote.

Arguments may be written differently as long as they are the same JSON: a repaired
piece of a truncated one is not.
"""

from typing import ClassVar

import msgspec

from harness.checkers import CHECKERS
from harness.checkers._finding import holds, unknown, violated
from harness.history import Asked, Record
from harness.ops import ToolExec
from harness.verdict import Finding, Verdict


@CHECKERS.register
class ToolsOnce:
    """Compares the tools the client ran with those the runs asked for."""

    code: ClassVar[str] = "I7"
    level: ClassVar[int] = 2
    reads: ClassVar[tuple[type, ...]] = (Asked, ToolExec)

    def __init__(self) -> None:
        """Begin before the first call."""
        self._asked: dict[str, tuple[int, Asked]] = {}
        self._ran: dict[str, list[tuple[int, ToolExec]]] = {}

    def feed(self, record: Record) -> None:
        """Take note of a call asked for or executed."""
        body = record.body
        if isinstance(body, Asked):
            self._asked[body.call_id] = record.seq, body
        elif isinstance(body, ToolExec):
            self._ran.setdefault(body.call_id, []).append((record.seq, body))

    def finish(self) -> Finding:
        """Report the first call executed twice or not as it was asked for."""
        for call_id, runs in self._ran.items():
            seqs = [seq for seq, _ in runs]
            if len(runs) > 1:
                message = f"call {call_id} was executed {len(runs)} times"
                return self._violated(message, seqs, "TOOL_REEXECUTED")
            asked_seq, asked = self._asked.get(call_id, (None, None))
            if asked is None or asked_seq is None:
                message = f"call {call_id} was executed, but no run asked for it"
                return self._violated(message, seqs, "UNASKED_TOOL_CALL")
            if not _is_same(asked.arguments, runs[0][1].arguments):
                message = f"call {call_id} was executed with other arguments than asked"
                seqs.append(asked_seq)
                return self._violated(message, seqs, "TRUNCATED_TOOL_CALL")
        if not self._ran:
            return unknown(self, "no tool was executed")
        seqs = [runs[0][0] for runs in self._ran.values()]
        return holds(self, "each call was executed once, as asked", seqs)

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
