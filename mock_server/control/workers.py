"""Edge: several server processes, for more streams than one core can hold.

Each has a port of its own, not a share of one: what a key has made is known only where
it was made, so a client has to come back to the process that it began with.
"""

import argparse
import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress

from midstream import mock_server
from midstream.mock_server.core.errors import MockServerError

from . import addresses, processes

_START_S = 20.0
_END_S = 5.0


async def run(
    args: argparse.Namespace,
    announce: Callable[[tuple[addresses.Served, ...]], None],
    stop: asyncio.Event,
) -> None:
    """Start as many servers as *args* say, *announce* them, serve until *stop*.

    Raises:
        MockServerError: One does not start, or ends by itself.
    """
    children: list[Process] = []
    try:
        for index in range(args.workers):
            children.append(await _start(_options(args, index)))  # noqa: PERF401 (one that fails must not hide those before it)
        announce(tuple([await _read(child) for child in children]))
        await _first(stop, children)
    finally:
        await asyncio.gather(*(_end(child) for child in children))


def _options(args: argparse.Namespace, index: int) -> list[str]:
    """Return the options of server *index*; given ports are in a row."""
    port = args.port + index if args.port else 0
    options = ["--host", args.host, "--port", str(port), "--speed", str(args.speed)]
    options += ["--join", str(args.join)]
    for name in ("chunking", "dialect_file"):
        if value := getattr(args, name):
            options += [f"--{name.replace('_', '-')}", value]
    for cassette in args.cassette or ():
        options += ["--cassette", cassette]
    flags = ("allow_non_loopback", "admin")
    options += [f"--{flag.replace('_', '-')}" for flag in flags if getattr(args, flag)]
    return [*options, "--json", "--until-eof"]


async def _start(options: Sequence[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *processes.python(mock_server.__name__, *options),
        stdin=PIPE,
        stdout=PIPE,
        process_group=0,
    )


async def _read(child: Process) -> addresses.Served:
    """Return where *child* serves, as it says itself.

    Raises:
        StartError: It does not.
    """
    assert child.stdout is not None  # noqa: S101 (a pipe was asked for)
    name = f"server process {child.pid}"
    try:
        said = await asyncio.wait_for(child.stdout.readline(), _START_S)
    except TimeoutError as error:
        raise processes.silent(name, _START_S) from error
    return processes.understood(name, addresses.parse, said)[0]


async def _first(stop: asyncio.Event, children: Sequence[Process]) -> None:
    """Wait until *stop*, and no longer than all children live."""
    told = asyncio.create_task(stop.wait())
    ends = [asyncio.create_task(child.wait()) for child in children]
    done, _ = await asyncio.wait({told, *ends}, return_when=asyncio.FIRST_COMPLETED)
    for task in (told, *ends):
        task.cancel()
    if told not in done:
        ended = next(end for end in ends if end in done)
        gone = children[ends.index(ended)]
        raise MockServerError(
            f"server process {gone.pid} {processes.how_ended(ended.result())}; "
            "the others are ended, too"
        )


async def _end(child: Process) -> None:
    """Let *child* end by closing its standard input; kill it if it does not."""
    assert child.stdin is not None  # noqa: S101 (a pipe was asked for)
    for wait_s in processes.ending(child.pid, child.stdin.close, _END_S):
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), wait_s)
    await child.wait()
