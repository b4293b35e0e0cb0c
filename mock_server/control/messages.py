"""The messages of the control channel between a load generator and the server.

Orders are JSON objects, news are lists of them. A load generator opens a session for
each conversation, with its faults, and closes it afterwards; meanwhile it receives the
session's journal as it is written. Texts that many runs send are sent once over the
channel and referred to by a number after that.
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
    Knowledge,
    Received,
    Rejected,
    ResponseEnd,
    ResponseHead,
    RunStatus,
    Sent,
    ServerFailed,
    TextDropped,
    TextPlanned,
)
from midstream.mock_server.core.position import Position
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.serving.session import Injection


class InjectionOrder(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """A fault to inject: its *kind* and *args* as in a scenario, and its position."""

    name: str
    kind: str
    at: Position
    args: Mapping[str, Any] = {}

    def inject(self) -> Injection:
        """Return the fault and its position as a session takes them.

        Raises:
            UnknownNameError: No fault has this name.
            SettingsError: An argument is wrong.
        """
        try:
            fault = msgspec.convert(dict(self.args), FAULTS[self.kind])
        except msgspec.ValidationError as error:
            raise SettingsError(f"fault {self.kind!r}: {error}") from error
        return Injection(self.name, self.at, fault)


class Open(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="open"
):
    """Open a session for this *key*. Answer: `SessionOpened` or `Refused`."""

    key: str
    settings: SessionSettings
    injections: tuple[InjectionOrder, ...] = ()


class Sync(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="sync"
):
    """Report all that has happened in the session so far, then answer `Synced`.

    *number* is the sender's own; the answer repeats it.
    """

    key: str
    number: int


class Shut(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="shut"
):
    """Let the session's runs publish the rest, then close it. Answer: `Over`."""

    key: str


Order: TypeAlias = Open | Sync | Shut


class SessionOpened(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="opened"
):
    """The session was opened at *t_ns* of the server's monotonic clock."""

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
    """The journal's `TextPlanned`, with the number of its texts."""

    run: str
    message: str
    part: int
    number: int


Entry: TypeAlias = (
    Knowledge
    | ServerFailed
    | Received
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
"""A journal entry as the channel sends it."""


class Noted(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="noted"
):
    """Session *key* journaled *entry* at *t_ns* of the server's monotonic clock."""

    key: str
    t_ns: int
    entry: Entry


class Synced(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="synced"
):
    """Everything that had happened when `Sync` *number* came has been sent."""

    key: str
    number: int


class Over(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="over"
):
    """The session is closed and sends nothing more; *runs* has statuses by run id."""

    key: str
    runs: Mapping[str, str]


News: TypeAlias = SessionOpened | Refused | TextTable | Noted | Synced | Over
"""One piece of news from the server; a message holds several, in order."""


class Numbering:
    """Numbers texts that many runs send, so that each is sent once."""

    def __init__(self) -> None:
        """Start without texts."""
        self._numbers: dict[tuple[str, ...], int] = {}

    def news(self, key: str, t_ns: int, entry: Any) -> Sequence[News]:  # noqa: ANN401 (see below)
        """Return the news that a journal has *entry*, one of `journal.Entry`."""
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
