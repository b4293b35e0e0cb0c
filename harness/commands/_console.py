"""Where commands speak: standard output, one neutral line at a time.

The one way out for text, so that nothing a client or a file says can reach the
terminal as anything but text. JSON goes past it, whole: it has escapes of its own.
"""

import sys

from midstream.harness.plain_text import neutral


def say(*lines: str) -> None:
    """Write *lines* to standard output, at once."""
    for line in lines:
        sys.stdout.write(f"{neutral(line)}\n")
    sys.stdout.flush()


def print_error(*lines: str) -> None:
    """Write *lines* to standard error, at once."""
    for line in lines:
        sys.stderr.write(f"{neutral(line)}\n")
    sys.stderr.flush()
