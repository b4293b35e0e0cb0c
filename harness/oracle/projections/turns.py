"""The user's turns, and which turn something belongs to; a projection."""

from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Invoked, Record
from midstream.harness.record.ops import Settle

NOTICE_LEVEL = 1
"""The lowest level at which a client reports its notices to the user."""


class Turns:
    """The user's turns so far, and how the client settled them.

    Attributes:
        invoked: The record that begins each turn, by turn.
        settled: The records in which the client settled each turn, by turn; more than
            one is a fault of the client.
        current: The first turn begun and not settled, or else the last one begun.
    """

    def __init__(self) -> None:
        self.invoked: dict[int, Record] = {}
        self.settled: dict[int, list[Record]] = {}
        self.current = 0
        self._of_text: dict[str, int] = {}

    def handlers(self) -> Handlers:
        """Handle turns' beginnings and ends."""
        return {Invoked: self._begin, Settle: self._end}

    def _begin(self, record: Record, body: Invoked) -> None:
        self.invoked[body.turn] = record
        self._of_text[body.text] = body.turn
        self._move_on()

    def _end(self, record: Record, body: Settle) -> None:
        self.settled.setdefault(body.turn, []).append(record)
        self._move_on()

    def _move_on(self) -> None:
        """Find the current turn."""
        open_turns = self.invoked.keys() - self.settled.keys()
        self.current = min(open_turns, default=max(self.invoked, default=0))

    def of_text(self, text: str) -> int:
        """Return the turn in which the user said *text*, or else the current one."""
        return self._of_text.get(text, self.current)

    @property
    def is_any_open(self) -> bool:
        """Whether a turn has begun that the client has not settled."""
        return bool(self.invoked.keys() - self.settled.keys())

    def claims(self) -> dict[int, Settle]:
        """Return the client's first claim for each turn."""
        firsts = {turn: records[0].body for turn, records in self.settled.items()}
        return {turn: body for turn, body in firsts.items() if isinstance(body, Settle)}
