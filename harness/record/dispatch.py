"""Who reads a history, and which kinds of its records.

A reader is whatever takes note of records: a fold, a checker, a proof. It says which
kinds it reads, each with the method for it, and is called for no other. One that
raises is called no more; the others go on.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .history import Record

Take: TypeAlias = Callable[[Record, Any], None]
"""Takes note of a record; given the record and its body, which is of the kind read."""
Reads: TypeAlias = Mapping[type, Take]
"""What a reader reads: a method for each kind of body."""
Lost: TypeAlias = Callable[[Exception], None]
"""Is told what a reader raised, at most once."""


class Readers:
    """Hands each record to those who read its kind, in the order in which they joined.

    Attributes:
        last: The last record of all, whoever reads it.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self.last: Record | None = None
        self._by_kind: dict[type, list[tuple[Take, Lost]]] = {}

    def join(self, reads: Reads, lost: Lost) -> None:
        """Let a reader join; *lost* hears of it should one of its methods raise."""
        for kind, take in reads.items():
            self._by_kind.setdefault(kind, []).append((take, lost))

    def feed(self, record: Record) -> None:
        """Hand on *record*."""
        self.last = record
        body = record.body
        for take, lost in self._by_kind.get(type(body), ()):
            try:
                take(record, body)
            except Exception as error:  # noqa: BLE001  # it is told, and it is ours
                self._leave(lost)
                lost(error)

    def _leave(self, left: Lost) -> None:
        """Strike out the reader that *left* belongs to."""
        self._by_kind = {
            kind: [(take, lost) for take, lost in readers if lost is not left]
            for kind, readers in self._by_kind.items()
        }
