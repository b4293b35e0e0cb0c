"""The clients to test: ours by name, and programs of our user's own by command."""

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from midstream.harness.clients import CLIENTS, Client
from midstream.harness.errors import HarnessError


class ChoiceError(HarnessError, ValueError):
    """Two clients have one name, or a --client-cmd is no command."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A client, and the words that name it on a command line."""

    client: Client
    words: tuple[str, ...]


def add_level_option(parser: ArgumentParser) -> None:
    """Declare ``--client-level``."""
    parser.add_argument(
        "--client-level",
        type=int,
        choices=[0],
        help="0: the program of --client-cmd speaks no protocol and prints the answer",
    )


def choose(args: Namespace, names: Sequence[str]) -> list[Chosen]:
    """Return the clients called *names*, then those of each --client-cmd.

    Raises:
        UnknownNameError: No client has such a name.
        ChoiceError: A command cannot be parsed, or two clients have one name.
        UnavailableError: Something that a client needs is missing.
        ProgramError: A program does not say who it is.
    """
    chosen = [Chosen(CLIENTS[name](), ("--client", name)) for name in names]
    for command in args.client_cmd or ():
        client = _program(command, args.client_level)
        level = () if args.client_level is None else ("--client-level", "0")
        chosen.append(Chosen(client, ("--client-cmd", command, *level)))
    seen: set[str] = set()
    for name in (entry.client.info().name for entry in chosen):
        if name in seen:
            raise ChoiceError(f"two clients are called {name!r}; rename one of them")
        seen.add(name)
    return chosen


def split(command: str) -> list[str]:
    """Split *command* into arguments; no shell is involved.

    Raises:
        ChoiceError: The quotes do not match, or *command* is empty.
    """
    try:
        argv = shlex.split(command)
    except ValueError as error:
        raise ChoiceError(f"--client-cmd {command!r}: {error}") from error
    if not argv:
        raise ChoiceError("--client-cmd is empty; write: --client-cmd 'node my.mjs'")
    return argv


def _program(command: str, level: int | None) -> Client:
    """Return a client that starts *command* as a program."""
    from midstream.harness.runtimes.programs.level0 import Level0Client  # noqa: PLC0415 - not for --help
    from midstream.harness.runtimes.programs.program import ProgramClient  # noqa: PLC0415 - the same

    argv = split(command)
    return ProgramClient(argv) if level is None else Level0Client(argv)
