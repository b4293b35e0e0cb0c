"""The options that midstream adds to Locust's command line."""

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
"""The clients for which midstream has Locust users, in `users`."""
DEFAULT_CLIENT: Final = "reference"
DEFAULT_RUN_S: Final = 60.0
ORDER: Final = "midstream_order"
"""The hidden option in which the master passes its order to workers."""
COMMAND: Final = "midstream_command"
"""The hidden option in which `midstream load` passes its own command line."""
LOOPBACK: Final = "127.0.0.1"
_SERVERS_MAX: Final = 64
_USAGE_ERROR: Final = 2


def add_options(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Declare the options on Locust's *parser*."""
    ours = parser.add_argument_group(
        "midstream", "streamed conversations over a broken network, each one judged"
    )
    names = ", ".join(storm_file.names())
    ours.add_argument(
        "--storm",
        default=DEFAULT_STORM,
        metavar="NAME",
        help=f"the faults of the run: {names}, or a .toml file ({DEFAULT_STORM})",
    )
    ours.add_argument(
        "--dialect-file",
        default="",
        metavar="FILE",
        help="say what the recordings mean: docs/dialects.md (what the storm says)",
    )
    ours.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="seed of all random choices (0)",
    )
    ours.add_argument(
        "--servers",
        type=_number,
        default=1,
        metavar="N",
        help="number of fake server processes (1)",
    )
    ours.add_argument(
        "--fail-on",
        nargs="+",
        action="extend",
        metavar="GATE",
        help=f"conditions that fail the run, such as ttft_p95>800ms ({gates.DEFAULT})",
    )
    ours.add_argument(
        "--limits",
        nargs="+",
        action="extend",
        metavar="LIMIT",
        help="longest times of a good stream, such as ttft:1s stall:2s total:60s",
    )
    ours.add_argument(
        "--out",
        default="runs/load",
        metavar="DIR",
        help="directory for results and for streams that did not pass (runs/load)",
    )
    for option, what in (
        ("--load-html", "midstream's report as an HTML page"),
        ("--load-json", "midstream's result as JSON"),
    ):
        ours.add_argument(option, type=_new_file, metavar="FILE", help=f"write {what}")


def add_hidden(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Declare the hidden options; Locust's web page does not show them either."""
    ours = parser.add_argument_group()  # the page shows only options without a group
    for hidden in (ORDER, COMMAND):
        option = f"--{hidden.replace('_', '-')}"
        ours.add_argument(option, default="", help=SUPPRESS)


def stay_home(parser: Any) -> None:  # noqa: ANN401  # Locust's own parser
    """Make Locust listen on loopback only, unless an option says otherwise.

    Its own default is all interfaces, where anybody could start runs.
    """
    parser.set_defaults(web_host=LOOPBACK, master_bind_host=LOOPBACK)


def read(options: Any) -> Wanted:  # noqa: ANN401  # Locust's own namespace
    """Return the settings in *options*, checked.

    Raises:
        MidstreamError: One of them has a mistake; says which, and where.
    """
    command: str = getattr(options, COMMAND, "")
    asked: Sequence[str] = options.fail_on or (gates.DEFAULT,)
    return Wanted(
        storm=storm_file.load(options.storm, options.dialect_file or None),
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
    raise ArgumentTypeError(f"{text} is not a number from 1 to {_SERVERS_MAX}")


def _new_file(text: str) -> str:
    """Check, before a long run, that the file can be written; return its name."""
    try:
        require_writable(Path(text))
    except UnavailableError as error:
        raise ArgumentTypeError(str(error)) from error
    return text


@contextmanager
def exits_on_mistake() -> Iterator[None]:
    """Print a mistake of the user's, and end the process with 2."""
    try:
        yield
    except MidstreamError as error:
        sys.stderr.write(f"midstream: {error}\n")
        sys.exit(_USAGE_ERROR)
