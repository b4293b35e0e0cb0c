"""What faults say in a declared dialect: copies of recorded events, and an error."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from midstream.mock_server.core import sse
from midstream.mock_server.core.errors import DeclarationError, SettingsError
from midstream.mock_server.core.framing import UNNAMED
from midstream.mock_server.core.shapes import ErrorWords

from .declaration import Declaration, ErrorEventRule
from .event import StreamEvent
from .retelling import letters, text_place


class SpokenDeclared:
    """The `Shapes` of a declared dialect, of which *texts* are recorded events."""

    def __init__(self, declared: Declaration, texts: Iterable[bytes]) -> None:
        """Take a declaration, and the events that have text; they are read lazily."""
        self._declared, self._texts = declared, texts

    def letters(self) -> Callable[[bytes], Sequence[bytes]]:
        """Return what says a text event letter by letter."""
        return partial(letters, declared=self._declared)

    def foreign_text(self, text: str, message: str) -> bytes:
        """Return a copy of a recorded event that says *text*.

        Its id is *message*, if the id stands in the same event as the text.

        Raises:
            SettingsError: No recorded event says one piece of text and nothing else.
        """
        places = (text_place(raw, self._declared) for raw in self._texts)
        place = next(filter(None, places), None)
        if place is None:
            raise SettingsError(
                f"no event of this recording says a piece of text in {self._title} and "
                "nothing else, so there is none to copy"
            )
        return place.saying(text, message).rstrip(b"\r\n") + self._end

    def error(self, words: ErrorWords) -> bytes:
        """Return the error event that is declared.

        Raises:
            SettingsError: None is, or *words* are not the usual ones.
        """
        event = self._declared.error_event
        if event is None:
            raise SettingsError(
                f"{self._title} declares no error event; add a table [error_event] "
                "with the data of one"
            )
        if words != ErrorWords():
            raise SettingsError(
                f"{self._title} declares what its error event says, so leave out "
                "'shape', 'message', 'type' and 'code'"
            )
        if self._declared.stream.framing == "ndjson":
            return event.data.encode() + self._end
        return sse.frame(event.event, event.data)

    @property
    def _title(self) -> str:
        return self._declared.title

    @property
    def _end(self) -> bytes:
        """How an event ends that is made up."""
        return b"\n" if self._declared.stream.framing == "ndjson" else b"\n\n"


def check_error_event(declared: Declaration, file: str) -> None:
    """Check that the error event is one by the declaration's own words.

    Raises:
        DeclarationError: It is none, or has a name where events have none.
    """
    event = declared.error_event
    if event is None:
        return
    place = f"{file}: $.error_event"
    if event.event is not None and declared.stream.framing == "ndjson":
        raise DeclarationError(
            f"{place}.event: a line of JSON has no name; leave it out"
        )
    said = _said(event)
    if not any(said.fits(rule.conditions) for rule in declared.error):
        raise DeclarationError(
            f"{place}: it fits no [[error]] of this file; add the one that it fits, or "
            "correct its data"
        )


def _said(event: ErrorEventRule) -> StreamEvent:
    return StreamEvent(0, event.event or UNNAMED, event.data)
