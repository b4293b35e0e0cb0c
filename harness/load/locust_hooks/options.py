"""The options that midstream adds to Locust's command line, and what they say."""

import shlex
import sys
from argparse import SUPPRESS, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from midstream.errors import MidstreamError
from midstream.harness.errors import UnavailableError
from midstream.harness.load.controller.wanted import Wanted
from midstream.harness.load.metrics import gates
from midstream.harness.load.metrics.limits import parse_limits
from midstream.harness.load.storm import storm_file
from midstream.harness.reports.console.files import require_writable

DEFAULT_STORM: Final = "commuter_train"
CLIENT_NAMES: Final = ("openai_python", "reference")
"""Midstream's own clients that Locust users can be: `users`."""
DEFAULT_CLIENT: Final = "reference"
DEFAULT_RUN_S: Final = 60.0
ORDER: Final = "midstream_order"
"""The option by which the master hands its order to workers; nobody types it."""
COMMAND: Final = "midstream_command"
"""The option by which `midstream load` says how it was called."""
LOOPBACK: Final = "127.0.0.1"
_SERVERS_MAX: Final = 64
_USAGE_ERROR: Final = 2


def add_options(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Declare the options on Locust's *parser*."""
    ours = parser.add_argument_group(
        "midstream", "streamed conversations in a storm, each of them judged"
    )
    names = ", ".join(storm_file.names())
    ours.add_argument(
        "--storm",
        default=DEFAULT_STORM,
        metavar="NAME",
        help=f"what goes wrong: {names}, or a .toml file ({DEFAULT_STORM})",
    )
    ours.add_argument(
        "--seed", type=int, default=0, metavar="S", help="all randomness (0)"
    )
    ours.add_argument(
        "--servers",
        type=_number,
        default=1,
        metavar="N",
        help="processes of the fake server (1)",
    )
    ours.add_argument(
        "--fail-on",
        nargs="+",
        action="extend",
        metavar="GATE",
        help=f"what fails the run, such as ttft_p95>800ms ({gates.DEFAULT})",
    )
    ours.add_argument(
        "--limits",
        nargs="+",
        action="extend",
        metavar="LIMIT",
        help="what makes a stream good, such as ttft:1s stall:2s total:60s",
    )
    ours.add_argument(
        "--out",
        default="runs/load",
        metavar="DIR",
        help="where streams that did not pass are kept (runs/load)",
    )
    for option, what in (
        ("--load-html", "our report as HTML"),
        ("--load-json", "the result as JSON"),
    ):
        ours.add_argument(option, type=_new_file, metavar="FILE", help=f"write {what}")


def add_hidden(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Declare the options that nobody types, nor sees on Locust's web page."""
    ours = parser.add_argument_group()  # the page shows what is in none
    for hidden in (ORDER, COMMAND):
        option = f"--{hidden.replace('_', '-')}"
        ours.add_argument(option, default="", help=SUPPRESS)


def stay_home(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Let Locust listen on this machine's loopback only, unless it is told otherwise.

    By itself it listens on all interfaces: its web page starts whatever it is asked to.
    """
    parser.set_defaults(web_host=LOOPBACK, master_bind_host=LOOPBACK)


def read(options: Any) -> Wanted:  # noqa: ANN401  # Locust's own namespace
    """Return what *options* ask for.

    Raises:
        MidstreamError: A mistake; says what it is, and where.
    """
    command: str = getattr(options, COMMAND, "")
    asked: Sequence[str] = options.fail_on or (gates.DEFAULT,)
    return Wanted(
        storm=storm_file.load(options.storm),
        seed=options.seed,
        servers=options.servers,
        gates=tuple(gates.parse(text) for text in asked),
        limits=parse_limits(options.limits or ()),
        out=Path(options.out),
        html=Path(options.load_html) if options.load_html else None,
        json=Path(options.load_json) if options.load_json else None,
        command=command or shlex.join(["locust", *sys.argv[1:]]),
    )


def _number(text: str) -> int:
    """Read a number of server processes."""
    if text.isdecimal() and 0 < int(text) <= _SERVERS_MAX:
        return int(text)
    raise ArgumentTypeError(f"servers are 1 to {_SERVERS_MAX}, not {text}")


def _new_file(text: str) -> str:
    """Make sure, before a long run, that a file can be written; Locust wants text."""
    try:
        require_writable(Path(text))
    except UnavailableError as error:
        raise ArgumentTypeError(str(error)) from error
    return text


@contextmanager
def exits_on_mistake() -> Iterator[None]:
    """Let a mistake of the user's be said, and end the process with 2."""
    try:
        yield
    except MidstreamError as error:
        sys.stderr.write(f"midstream: {error}\n")
        sys.exit(_USAGE_ERROR)
