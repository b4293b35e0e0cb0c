"""Edge: one line of a terminal that is written again and again."""

import os
import shutil
from typing import Final, TextIO

_CLEAR: Final = "\r\x1b[K"


class LiveLine:
    """The last line of a terminal, if it is one.

    The cursor stays at its begin, so that whatever is written meanwhile takes its
    place.
    """

    def __init__(self, out: TextIO, *, is_wanted: bool) -> None:
        """Show nothing yet on *out*; nothing at all if that is not wanted."""
        self._out = out
        is_terminal = out.isatty() and os.environ.get("TERM") != "dumb"
        self._is_shown = is_wanted and is_terminal

    def show(self, text: str) -> None:
        """Show *text* in place of what is shown."""
        if self._is_shown:
            width = shutil.get_terminal_size().columns
            self._out.write(f"{_CLEAR}{text[: width - 1]}\r")
            self._out.flush()

    def close(self) -> None:
        """Show nothing any more."""
        if self._is_shown:
            self._out.write(_CLEAR)
            self._out.flush()
