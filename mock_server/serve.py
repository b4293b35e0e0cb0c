"""`serve`: a plain fake server that anyone can point a client at, until Ctrl-C.

Options and the serving itself; `python -m mock_server` and `midstream serve` use both.
"""

import argparse
import asyncio
import contextlib
import gc
import signal
from contextlib import AsyncExitStack

from .admin import Admin
from .errors import MockServerError
from .server import MockServer
from .settings import SessionSettings

_COLLECTOR = (50_000, 20, 100)
_SHORT = "openai_assistants/short_answer"
_USAGE_ERROR = 2


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``serve`` to *parser*."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=0, help="0 takes a free one")
    parser.add_argument(
        "--cassette",
        action="append",
        metavar="NAME",
        help="a name or a .jsonl file; the n-th one answers the n-th turn "
        f"(repeatable; default: {_SHORT})",
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="1 as recorded, 0 without waiting"
    )
    parser.add_argument(
        "--allow-non-loopback",
        action="store_true",
        help="let other machines reach it",
    )
    parser.add_argument(
        "--express",
        action="store_true",
        help="for load tests: the same bytes for far less work (docs/load.md)",
    )
    parser.add_argument(
        "--admin", action="store_true", help="listen for journal queries, with a token"
    )


def run_serve(args: argparse.Namespace) -> int:
    """Serve as *args* say until interrupted; return the exit code.

    Raises:
        MockServerError: The address, a cassette or a setting cannot be used.
    """
    settings = SessionSettings(
        cassettes=tuple(args.cassette or (_SHORT,)),
        speed=args.speed,
        knows_any_assistant=True,
    )
    server = MockServer(
        args.host,
        args.port,
        accept_any_key=True,
        allow_non_loopback=args.allow_non_loopback,
        default=settings,
        is_express=args.express,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, with_admin=args.admin, is_express=args.express))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line of ``python -m mock_server``; return the exit code."""
    parser = argparse.ArgumentParser("mock_server", description=__doc__)
    add_serve_arguments(parser)
    try:
        return run_serve(parser.parse_args(argv))
    except MockServerError as error:
        parser.exit(_USAGE_ERROR, f"mock_server: {error}\n")


async def _serve(server: MockServer, *, with_admin: bool, is_express: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server)
        if is_express:
            _calm_collector()
        _say(_welcome(server))
        if with_admin:
            admin = await stack.enter_async_context(Admin(server))
            _say(f"admin    {admin.url}\ntoken    {admin.token}")
        await stop.wait()
    _say("stopped")


def _calm_collector() -> None:
    """Let the garbage collector leave alone what stays, and come less often.

    A stream makes hundreds of objects and few cycles. By default each collection of
    the oldest would walk all cassettes and all that sessions keep.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR)


def _welcome(server: MockServer) -> str:
    return (
        f"serving  {server.base_url}\n"
        f'python   OpenAI(base_url="{server.base_url}", api_key="anything")\n'
        f'node     new OpenAI({{ baseURL: "{server.base_url}", apiKey: "anything" }})\n'
        "Each API key is an account of its own. Ctrl-C stops."
    )


def _say(text: str) -> None:
    print(text, flush=True)


def _port(text: str) -> int:
    """Parse a port number."""
    if text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is 0 to 65535, not {text}")


def _speed(text: str) -> float:
    """Parse a speed."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) < float("inf"):
            return float(text)
    raise argparse.ArgumentTypeError(f"a speed is 0 or more, not {text}")
