"""The subcommands of `midstream`, one a file; `harness.cli` dispatches to them.

A command is thin: it reads its options, calls what does the work, prints the result
and returns an exit code. Heavy imports stand inside its functions, so that help is
there at once. A file whose name is a Python keyword ends in ``_``.
"""

from argparse import ArgumentParser, Namespace
from typing import ClassVar, Protocol

from midstream.mock_server.core.registry import Registry


class Command(Protocol):
    """The shape of a command; its docstring's first line is its summary."""

    examples: ClassVar[tuple[str, ...]]
    """What a newcomer may type, with a comment behind it."""

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options; called only if this command was chosen."""

    @staticmethod
    def run(args: Namespace) -> int:
        """Do it and return the exit code."""


COMMANDS: Registry[type[Command]] = Registry("command", __name__)
