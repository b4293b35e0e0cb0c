"""Hands each record of a history to the listeners that handle its kind.

A listener is a projection, a checker or a proof. It names the kinds of body that it
handles, each with a method, and is called for no other. A listener that raises is not
called again; the others continue.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .history import Record

Handler: TypeAlias = Callable[[Record, Any], None]
"""Handles a record; its arguments are the record and the record's body."""
Handlers: TypeAlias = Mapping[type, Handler]
"""The methods of a listener by the kind of body that they handle."""
OnError: TypeAlias = Callable[[Exception], None]
"""Gets the exception that a listener raised; called at most once."""


class Dispatcher:
    """Hands each record to the listeners of its kind, in the order of joining.

    Attributes:
        last: The last record, whether a listener handles it or not.
    """

    def __init__(self) -> None:
        self.last: Record | None = None
        self._by_kind: dict[type, list[tuple[Handler, OnError]]] = {}

    def join(self, handlers: Handlers, on_error: OnError) -> None:
        """Add a listener; *on_error* is called if one of its *handlers* raises."""
        for kind, handle in handlers.items():
            self._by_kind.setdefault(kind, []).append((handle, on_error))

    def feed(self, record: Record) -> None:
        """Hand *record* to its listeners."""
        self.last = record
        body = record.body
        for handle, on_error in self._by_kind.get(type(body), ()):
            try:
                handle(record, body)
            except Exception as error:  # noqa: BLE001  # reported as our failure
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
