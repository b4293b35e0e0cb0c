"""Edge: the whole suite, ``python -m tests``: what must be alone, then the rest.

With ``--quick`` first, only what needs no process, browser or proxy: a call for each
share of the files, at once. Nobody hands tests out to workers, each of which would read
all files: that would take longer than the tests do. Behind it, options of pytest and
the folders that hold the tests; ours if there is none.

All calls of pytest have the options that are given. The last line counts all of them,
in pytest's own form, and the exit code is 0 only if that of each is.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.closing import closing_line, counts, exit_code, named
from tests.shares import shares

_CORES = len(os.sched_getaffinity(0))
_WORKERS = 2 * _CORES  # most tests wait more than they compute
_SHARES = _CORES + 1  # some of the quick ones wait, too
CALLS: tuple[tuple[str, ...], ...] = (
    ("-m", "alone"),
    ("-m", "not alone", "-n", str(_WORKERS), "--dist", "worksteal"),
)
QUICK = ("-m", "not process", "--hypothesis-profile", "quick")


def start(options: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start pytest."""
    colour = ("--color=yes",) if sys.stdout.isatty() else ()
    return subprocess.Popen(  # noqa: S603 - pytest
        [sys.executable, "-m", "pytest", "-q", *colour, *options],
        stdout=subprocess.PIPE,
    )


def follow(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Let pytest be read as it goes; return its exit code and what it said."""
    with process:
        assert process.stdout is not None
        said = b""
        while piece := os.read(process.stdout.fileno(), 1 << 16):
            sys.stdout.buffer.write(piece)
            sys.stdout.flush()
            said += piece
    return process.returncode, said.decode(errors="replace")


def whole(given: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Make the calls one after the other."""
    for options in CALLS:
        yield follow(start([*options, *given]))


def quick(given: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Make the calls at once; who is read later waits, if he has much to say."""
    folders = [Path(each) for each in given if Path(each).is_dir()]
    options = [each for each in given if not Path(each).is_dir()]
    files = {
        str(file): file.stat().st_size
        for folder in folders or [Path(__file__).parent]
        for file in folder.rglob("test_*.py")
    }
    calls = [start([*QUICK, *options, *share]) for share in shares(files, _SHARES)]
    yield from map(follow, calls)


def main(given: Sequence[str]) -> int:
    """Make the calls, and say in one line what came of them."""
    began_s = time.monotonic()
    is_quick = given[:1] == ["--quick"]
    codes, said = zip(*(quick(given[1:]) if is_quick else whole(given)), strict=True)
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
