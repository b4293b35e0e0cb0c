"""What the server's journal can tell of what it replayed; a projection.

Whatever it cannot tell is unknown: nothing may be concluded from its silence.
"""

from typing import Final, Literal, TypeAlias

from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Knowledge, Record

Need: TypeAlias = Literal["text", "state"]
"""What a judgement rests on: what the server said, or what it made and did."""
NO_TRUTH: Final = "no dialect knows this recording"
"""How the reason begins if the server does not know what it replays."""
_ALL: Final = Knowledge(dialect="", tells_text=True, keeps_state=True)
"""That of a history without such a record, which was written before there was one."""


class Known:
    """What can be known, as the server says itself.

    Attributes:
        knowledge: What the journal can tell.
    """

    def __init__(self) -> None:
        self.knowledge = _ALL
        self._cassettes: tuple[str, ...] = ()

    def handlers(self) -> Handlers:
        """Handle the names of the recordings, and what the server knows of them."""
        return {CaseBegin: self._begin, Knowledge: self._know}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._cassettes = body.case.cassettes

    def _know(self, _: Record, body: Knowledge) -> None:
        self.knowledge = body

    def lacks(self, need: Need) -> str:
        """Return why nothing can be judged that rests on *need*, or ""."""
        known = self.knowledge
        if known.tells_text if need == "text" else known.keeps_state:
            return ""
        if known.tells_text:
            return f"a server of the dialect {known.dialect} keeps no state"
        named = f" ({', '.join(self._cassettes)})" if self._cassettes else ""
        return f"{NO_TRUTH}{named}: what it means is unknown"
