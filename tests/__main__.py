"""Edge: the whole suite, ``python -m tests``: what must be alone, then the rest.

Two calls of pytest, each with the options that are given. The last line counts both,
in pytest's own form, and the exit code is 0 only if that of each is.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.closing import closing_line, counts, exit_code, named

_WORKERS = 2 * len(os.sched_getaffinity(0))  # most tests wait more than they compute
CALLS: tuple[tuple[str, ...], ...] = (
    ("-m", "alone"),
    ("-m", "not alone", "-n", str(_WORKERS), "--dist", "worksteal"),
)


def call(options: Sequence[str]) -> tuple[int, str]:
    """Let pytest be read as it goes; return its exit code and what it said."""
    colour = ("--color=yes",) if sys.stdout.isatty() else ()
    with subprocess.Popen(  # noqa: S603 - pytest
        [sys.executable, "-m", "pytest", "-q", *colour, *options],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        said = b""
        while piece := os.read(process.stdout.fileno(), 1 << 16):
            sys.stdout.buffer.write(piece)
            sys.stdout.flush()
            said += piece
    return process.returncode, said.decode(errors="replace")


def main(given: Sequence[str]) -> int:
    """Make the calls one after the other, and say in one line what came of them."""
    began_s = time.monotonic()
    codes, said = zip(*(call([*options, *given]) for options in CALLS), strict=True)
    took_s = time.monotonic() - began_s
    bad = [line for each in said for line in named(each)]
    closing = closing_line([counts(each) for each in said], took_s)
    sys.stdout.write("\n".join(["", *bad, closing, ""]))
    return exit_code(codes)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
