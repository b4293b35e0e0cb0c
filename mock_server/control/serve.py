"""Serves recorded answers to any client, without faults, until Ctrl-C.

`midstream serve` and the server processes that others start share this code.
"""

import argparse
import asyncio
import contextlib
import os
import signal
from contextlib import AsyncExitStack
from typing import get_args

from midstream.mock_server.core.errors import MockServerError
from midstream.mock_server.core.settings import Chunking, SessionSettings
from midstream.mock_server.serving.server import MockServer

from . import gc_tuning, processes, workers
from .addresses import Served, line
from .admin import Admin

_SHORT = "openai_assistants/short_answer"
_USAGE_ERROR = 2
_WORKERS_MAX = 64


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``serve`` to *parser*."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--cassette",
        action="append",
        metavar="NAME",
        help="recording to answer from: a name or a .jsonl file; give the option "
        f"again for the next turn of a conversation (default: {_SHORT})",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        help="pace: 1 (default) as recorded, 2 twice as fast, 0 without waiting",
    )
    parser.add_argument(
        "--dialect-file",
        metavar="FILE",
        help="say what the recordings mean: docs/dialects.md (what each one says)",
    )
    parser.add_argument(
        "--chunking",
        choices=get_args(Chunking),
        help="what is sent at a time: an event, or the recorded chunks at the recorded "
        "times (default: as recorded if the recording is verbatim, else an event)",
    )
    parser.add_argument(
        "--allow-non-loopback",
        action="store_true",
        help="let other machines connect",
    )
    parser.add_argument(
        "--join",
        type=_join,
        default=1,
        metavar="N",
        help="up to N events that are due together go out with one write (1)",
    )
    parser.add_argument(
        "--admin",
        action="store_true",
        help="also listen for journal queries and load generators; prints a token",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="number of server processes, each with its own port (default: 1)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the addresses as one line of JSON"
    )
    parser.add_argument(
        "--until-eof", action="store_true", help="stop when standard input ends"
    )


def run_serve(args: argparse.Namespace) -> int:
    """Serve as *args* say until interrupted; return the exit code.

    Raises:
        MockServerError: The address, a cassette or a setting cannot be used, or one of
            several server processes ends.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_one(args) if args.workers == 1 else _serve_many(args))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Serve as the command line *argv* says; return the exit code."""
    parser = argparse.ArgumentParser("mock_server", description=__doc__)
    add_serve_arguments(parser)
    try:
        return run_serve(parser.parse_args(argv))
    except MockServerError as error:
        parser.exit(_USAGE_ERROR, f"mock_server: {error}\n")


async def _serve_one(args: argparse.Namespace) -> None:
    stop = _stop(args)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_server(args))
        gc_tuning.tune_gc()
        admin = Admin(server) if args.admin else None
        if admin is not None:
            await stack.enter_async_context(admin)
        where = Served(
            base_url=server.base_url,
            pid=os.getpid(),
            admin_url=admin.url if admin else "",
            token=admin.token if admin else "",
        )
        _announce(args, (where,))
        await stop.wait()
    if not args.json:
        _say("stopped")


async def _serve_many(args: argparse.Namespace) -> None:
    """Serve in several processes, which end with this one."""
    await workers.run(args, lambda where: _announce(args, where), _stop(args))
    if not args.json:
        _say("stopped")


def _server(args: argparse.Namespace) -> MockServer:
    settings = SessionSettings(
        cassettes=tuple(args.cassette or (_SHORT,)),
        speed=args.speed,
        chunking=args.chunking,
        dialect=args.dialect_file,
        knows_any_assistant=True,
    )
    return MockServer(
        args.host,
        args.port,
        accept_any_key=True,
        allow_non_loopback=args.allow_non_loopback,
        default=settings,
        join=args.join,
    )


def _stop(args: argparse.Namespace) -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; with ``--until-eof``, EOF too."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if args.until_eof:
        processes.when_input_ends(stop.set)
    return stop


def _announce(args: argparse.Namespace, where: tuple[Served, ...]) -> None:
    if args.json:
        _say(line(where))
        return
    for one in where:
        _say(_welcome(one.base_url))
        if one.admin_url:
            _say(f"admin    {one.admin_url}\ntoken    {one.token}")


def _welcome(base_url: str) -> str:
    return (
        f"serving  {base_url}\n"
        f'python   OpenAI(base_url="{base_url}", api_key="anything")\n'
        f'node     new OpenAI({{ baseURL: "{base_url}", apiKey: "anything" }})\n'
        "Each API key has an account of its own. Press Ctrl-C to stop."
    )


def _say(text: str) -> None:
    print(text, flush=True)


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port must be 0 to 65535, not {text}")


def _workers(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= _WORKERS_MAX:
        return int(text)
    raise argparse.ArgumentTypeError(f"workers must be 1 to {_WORKERS_MAX}, not {text}")


def _join(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"N must be 1 or more events, not {text}")


def _speed(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= float(text) < float("inf"):
            return float(text)
    raise argparse.ArgumentTypeError(f"a speed must be 0 or more, not {text}")
