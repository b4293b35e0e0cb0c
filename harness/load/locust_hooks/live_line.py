"""Edge: one line of a terminal that is overwritten again and again."""

import os
import shutil
from typing import Final, TextIO

_CLEAR: Final = "\r\x1b[K"


class LiveLine:
    """The last line of a terminal; shows nothing where the output is no terminal.

    The cursor stays at the line's begin, so that other output overwrites it.
    """

    def __init__(self, out: TextIO, *, is_wanted: bool) -> None:
        """Use the terminal *out*; without *is_wanted*, never show anything."""
        self._out = out
        is_terminal = out.isatty() and os.environ.get("TERM") != "dumb"
        self._is_shown = is_wanted and is_terminal

    def show(self, text: str) -> None:
        """Show *text* in place of the text before it."""
        if self._is_shown:
            width = shutil.get_terminal_size().columns
            self._out.write(f"{_CLEAR}{text[: width - 1]}\r")
            self._out.flush()

    def close(self) -> None:
        """Clear the line."""
        if self._is_shown:
            self._out.write(_CLEAR)
            self._out.flush()
