"""Prints neutral lines to standard output and standard error.

All text of the commands goes through here, so that nothing a client or a file says
can act on the terminal. Only JSON does not: it escapes control characters itself.
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
