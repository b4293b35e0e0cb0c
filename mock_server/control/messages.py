"""What a load generator and the server say to each other on the control channel.

One JSON object a message. A load generator opens a session for each conversation,
with its faults, and closes it behind it; meanwhile it hears the session's journal as
it is written. A text that many runs say is sent once and called by its number then.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from midstream.mock_server.core.errors import SettingsError
from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.journal import (
    Asked,
    Closed,
    Committed,
    FaultFired,
    Received,
    Rejected,
    ResponseEnd,
    ResponseHead,
    RunStatus,
    Sent,
    TextDropped,
    TextPlanned,
)
from midstream.mock_server.core.position import Position
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.serving.session import Injection


class InjectionOrder(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """A fault to strike: its *kind* and *args* as in a scenario, and where."""

    name: str
    kind: str
    at: Position
    args: Mapping[str, Any] = {}

    def inject(self) -> Injection:
        """Return what the session needs.

        Raises:
            UnknownNameError: There is no such fault.
            SettingsError: An argument is wrong.
        """
        try:
            fault = msgspec.convert(dict(self.args), FAULTS[self.kind])
        except msgspec.ValidationError as error:
            raise SettingsError(f"the fault {self.kind}: {error}") from error
        return Injection(self.name, self.at, fault)


class Open(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="open"
):
    """Open a session of this *key*. Answer: `SessionOpened` or `Refused`."""

    key: str
    settings: SessionSettings
    injections: tuple[InjectionOrder, ...] = ()


class Sync(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="sync"
):
    """Say all that has happened in the session up to now. Answer: `Synced`, behind it.

    *number* is given back: it is the asker's own.
    """

    key: str
    number: int


class Shut(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="shut"
):
    """Let the session's runs say the rest, then close it. Answer: `Over`."""

    key: str


Order: TypeAlias = Open | Sync | Shut


class SessionOpened(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="opened"
):
    """The session is there since *t_ns* of the server's monotonic clock."""

    key: str
    t_ns: int


class Refused(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="refused"
):
    """The order was not carried out; *text* says why."""

    key: str
    text: str


class TextTable(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="texts"
):
    """From here on *number* stands for *texts* in `TextPlannedAs`."""

    number: int
    texts: tuple[str, ...]


class TextPlannedAs(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="truth.foretold_as",
):
    """The journal's `TextPlanned`, its texts by number."""

    run: str
    message: str
    part: int
    number: int


Entry: TypeAlias = (
    Received
    | Committed
    | Rejected
    | ResponseHead
    | Sent
    | ResponseEnd
    | FaultFired
    | RunStatus
    | TextPlannedAs
    | TextDropped
    | Closed
    | Asked
)
"""What the journal says, in the words of the channel."""


class Noted(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="noted"
):
    """The journal of session *key* says *entry*, at *t_ns* of the monotonic clock."""

    key: str
    t_ns: int
    entry: Entry


class Synced(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="synced"
):
    """Everything that had happened when `Sync` *number* came has been said."""

    key: str
    number: int


class Over(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="over"
):
    """The session is closed, and nothing more is said of it; *runs* by id: statuses."""

    key: str
    runs: Mapping[str, str]


News: TypeAlias = SessionOpened | Refused | TextTable | Noted | Synced | Over
"""One thing the server says; a message holds several, in order."""


class Numbering:
    """Gives texts that are said again and again a number, and says each once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[tuple[str, ...], int] = {}

    def words(self, key: str, t_ns: int, entry: Any) -> Sequence[News]:  # noqa: ANN401 (see below)
        """Return how to say that a journal has *entry*, one of `journal.Entry`."""
        if not isinstance(entry, TextPlanned):
            return (Noted(key=key, t_ns=t_ns, entry=entry),)
        ahead: tuple[News, ...] = ()
        number = self._numbers.get(entry.texts)
        if number is None:
            number = self._numbers[entry.texts] = len(self._numbers)
            ahead = (TextTable(number=number, texts=entry.texts),)
        named = TextPlannedAs(
            run=entry.run, message=entry.message, part=entry.part, number=number
        )
        return (*ahead, Noted(key=key, t_ns=t_ns, entry=named))
