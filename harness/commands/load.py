"""`midstream load`: many streamed conversations at once, in a storm, each judged."""

import os
import re
import shlex
import socket
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from midstream.harness import load
from midstream.harness.errors import HarnessError, UnavailableError
from midstream.harness.programs import Program

from . import COMMANDS

_LOCUSTFILE = Path(load.__file__).parent / "locustfile.py"
_DEFAULT_USERS = 20
_WEB_PORT, _MASTER_PORT = 8089, 5557
"""Locust's own."""
_PORT_MAX = 65535
_TIME_SPAN = re.compile(r"\d+|(\d+h)?(\d+m)?(\d+s)?")
"""What Locust takes: seconds, or hours, minutes and seconds in this order."""


class LocustMissingError(HarnessError):
    """Locust is not installed; the message says how to install it."""


@COMMANDS.register
class LoadCommand:
    """Hold many streamed conversations at once while the network breaks.

    Each conversation is judged as in `midstream run`. The storm decides what goes
    wrong and when; the gates of --fail-on decide what fails the load test. The
    command runs Locust with midstream's options; arguments after -- go to Locust.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream load -u 100 -t 30s                    # the reference client",
        "midstream load --client openai_python -u 50     # what the SDK loses",
        "midstream load --storm steady --processes 2 -u 500 -t 20s",
        "midstream load --fail-on 'failed>0' 'ttft_p95>800ms' 'lost>0'",
        "midstream load --locustfile mine.py             # a client of your own",
        "midstream load --web                            # start it from a browser",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare our options, and Locust's common ones."""
        from midstream.harness.load.locust_hooks import options  # noqa: PLC0415 - lazy

        options.add_options(parser)
        who = parser.add_mutually_exclusive_group()
        who.add_argument(
            "--client",
            choices=options.CLIENT_NAMES,
            default=options.DEFAULT_CLIENT,
            help=f"the client to test ({options.DEFAULT_CLIENT})",
        )
        who.add_argument(
            "--locustfile",
            type=Path,
            metavar="FILE",
            help="a client of your own: see docs/load.md, Your own client",
        )
        _add_locust_arguments(parser)
        parser.set_defaults(hint="; write options for Locust after --")

    @staticmethod
    def run(args: Namespace) -> int:
        """Check the options, then replace this process by Locust."""
        from midstream.harness.load.locust_hooks import options  # noqa: PLC0415 - lazy

        if find_spec("locust") is None or find_spec("hdrh") is None:
            raise LocustMissingError(
                "load tests need Locust: pip install 'midstream[load]'"
            )
        options.read(args)
        if args.locustfile is not None:
            _require_users(args.locustfile)
        _require_ports(args)
        words = Program.LOCUST.argv(*_locust_words(args))
        sys.stdout.flush()
        os.execv(words[0], words)  # noqa: S606 - ours; signals stay simple


def _add_locust_arguments(parser: ArgumentParser) -> None:
    """Declare options that are passed on to Locust under the same names."""
    locust = parser.add_argument_group(
        "Locust's", "locust --help has more; write those after --"
    )
    locust.add_argument(
        "-u",
        "--users",
        type=_number,
        default=_DEFAULT_USERS,
        metavar="N",
        help=f"how many users converse at the same time ({_DEFAULT_USERS})",
    )
    locust.add_argument(
        "-r",
        "--spawn-rate",
        type=_rate,
        metavar="R",
        help="how many users start each second (all within 2 s)",
    )
    locust.add_argument(
        "-t",
        "--run-time",
        type=_run_time,
        default="60s",
        metavar="T",
        help="how long the test runs: 30s, 5m, 1h (60s)",
    )
    locust.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help="load generators on this machine; -1: one for each core",
    )
    locust.add_argument(
        "--web", action="store_true", help="wait until a browser starts the test"
    )
    for name, port, what in (
        ("--web-port", _WEB_PORT, "the web page"),
        ("--master-port", _MASTER_PORT, "the master, for workers"),
    ):
        locust.add_argument(
            name,
            type=_port,
            default=port,
            metavar="PORT",
            help=f"the port of {what} ({port})",
        )
    locust.add_argument("--html", metavar="FILE", help="write Locust's own report")
    locust.add_argument("--master", action="store_true", help="wait for workers")
    locust.add_argument(
        "--expect-workers",
        type=int,
        metavar="N",
        help="how many workers a master expects (1)",
    )
    locust.add_argument("--worker", action="store_true", help="be a worker of a master")
    locust.add_argument(
        "--master-host", metavar="HOST", help="the master's host (localhost)"
    )
    locust.add_argument(
        "locust_args",
        nargs="*",
        metavar="-- ARG",
        help="more arguments for Locust",
    )


def _locust_words(args: Namespace) -> list[str]:
    """Return Locust's command line."""
    users = _LOCUSTFILE if args.locustfile is None else args.locustfile
    words = ["-f", str(users)]
    if args.locustfile is None:
        words += ["--client", args.client]
    if args.worker:
        words.append("--worker")
    else:
        rate = args.spawn_rate or max(1.0, args.users / 2)
        words += ["-u", str(args.users), "-r", f"{rate:g}", "-t", args.run_time]
        words += [] if args.web else ["--headless", "--only-summary"]
    for name in ("storm", "dialect_file", "seed", "servers", "out"):
        words += [_option(name), str(getattr(args, name))]
    for name in ("fail_on", "limits"):
        values = getattr(args, name)
        words += [_option(name), *values] if values else []
    optional = (
        "load_html",
        "load_json",
        "html",
        "processes",
        "expect_workers",
        "master_host",
        "web_port",
        "master_port",
    )
    for name in optional:
        value = getattr(args, name)
        words += [] if value is None else [_option(name), str(value)]
    words += ["--master"] if args.master else []
    words += ["--master-bind-port", str(args.master_port)]
    command = shlex.join(["midstream", *sys.argv[1:]])
    return [*words, "--midstream-command", command, *args.locust_args]


def _require_users(path: Path) -> None:
    """Check that Locust finds users in *path* that midstream can judge.

    Raises:
        UnavailableError: It does not; the message says why.
    """
    if not path.exists():
        raise UnavailableError(f"{path}: no such file")
    look = Program.LOCUSTFILE_CHECK.argv(str(path))
    done = subprocess.run(look, check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours
    if done.returncode:
        errors = done.stderr.splitlines() or [f"{path}: it cannot be loaded"]
        raise UnavailableError(errors[-1])


def _require_ports(args: Namespace) -> None:
    """Check that Locust can listen on its ports.

    Raises:
        UnavailableError: A port is taken; the message names the option to change.
    """
    if args.worker:
        return
    wanted = [(args.web_port, "--web-port")] if args.web else []
    if args.master or args.processes:
        wanted.append((args.master_port, "--master-port"))
    for port, option in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise UnavailableError(
                    f"Locust cannot listen on port {port} ({error.strerror}); "
                    f"choose another with {option}"
                ) from error


def _port(text: str) -> int:
    """Parse a port number."""
    if not text.isdecimal() or not 0 < int(text) <= _PORT_MAX:
        raise ArgumentTypeError(f"{text!r} is not a port from 1 to {_PORT_MAX}")
    return int(text)


def _number(text: str) -> int:
    """Parse a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _run_time(text: str) -> str:
    """Check a time span before Locust reads it, whose message names no command."""
    if not text or not _TIME_SPAN.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not a time such as 20s, 3m or 1h20m")
    return text


def _rate(text: str) -> float:
    """Parse a number above 0."""
    with suppress(ValueError):
        if 0 < float(text) < float("inf"):
            return float(text)
    raise ArgumentTypeError(f"{text!r} is not a number above 0")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
