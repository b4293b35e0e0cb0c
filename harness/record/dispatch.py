"""Hands each record of a history to whoever handles its kind.

A listener is a projection, a checker or a proof. It says which kinds of body it
handles, each with a method, and is called for no other. One that raises is called no
more; the others go on.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .history import Record

Handler: TypeAlias = Callable[[Record, Any], None]
"""Handles a record; is given the record and its body, which is of the kind handled."""
Handlers: TypeAlias = Mapping[type, Handler]
"""What a listener handles: a method for each kind of body."""
OnError: TypeAlias = Callable[[Exception], None]
"""Is told what a listener raised, at most once."""


class Dispatcher:
    """Hands each record to those who handle its kind, in the order of joining.

    Attributes:
        last: The last record of all, whether anybody handles it or not.
    """

    def __init__(self) -> None:
        self.last: Record | None = None
        self._by_kind: dict[type, list[tuple[Handler, OnError]]] = {}

    def join(self, handlers: Handlers, on_error: OnError) -> None:
        """Add a listener; *on_error* is called if one of its *handlers* raises."""
        for kind, handle in handlers.items():
            self._by_kind.setdefault(kind, []).append((handle, on_error))

    def feed(self, record: Record) -> None:
        """Hand on *record*."""
        self.last = record
        body = record.body
        for handle, on_error in self._by_kind.get(type(body), ()):
            try:
                handle(record, body)
            except Exception as error:  # noqa: BLE001  # it is told, and it is ours
                self._remove(on_error)
                on_error(error)

    def _remove(self, failed: OnError) -> None:
        """Remove the listener that *failed* belongs to."""
        self._by_kind = {
            kind: [
                (handle, on_error)
                for handle, on_error in joined
                if on_error is not failed
            ]
            for kind, joined in self._by_kind.items()
        }
