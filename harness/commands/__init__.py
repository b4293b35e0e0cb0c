"""The subcommands of `midstream`, one a file; `harness.cli` dispatches to them.

A command is thin: it reads its options, calls what does the work, prints the result
and returns an exit code. Heavy imports stand inside its functions, so that help
appears at once. A file whose name is a Python keyword ends in ``_``.
"""

from argparse import ArgumentParser, Namespace
from typing import ClassVar, Protocol

from midstream.mock_server.core.registry import Registry


class Command(Protocol):
    """The shape of a command; the docstring is its help, the first line its summary."""

    examples: ClassVar[tuple[str, ...]]
    """Lines that a newcomer may type; a comment may follow."""

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options; called only if this command was chosen."""

    @staticmethod
    def run(args: Namespace) -> int:
        """Run the command and return the exit code."""


COMMANDS: Registry[type[Command]] = Registry("command", __name__)
