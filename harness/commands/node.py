"""`midstream node`: installs the npm packages of our clients, and finds Node."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from . import COMMANDS
from ._console import print_error, say


@COMMANDS.register
class InstallForNodeCommand:
    """Install the npm packages that the Node clients use, or find Node itself.

    `install` puts the pinned npm packages into the cache, each version in its own
    folder; packages that are there already stay as they are. `path` prints where Node
    is: MIDSTREAM_NODE, else the wheel of `pip install 'midstream[node]'`, else `node`
    on PATH (20 or newer).
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream node install",
        '"$(midstream node path)" --version',
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the action."""
        parser.add_argument("action", choices=["install", "path"])

    @staticmethod
    def run(args: Namespace) -> int:
        """Install or find; print nothing but paths on standard output."""
        from midstream.harness.runtimes.node import find_or_explain, install, names  # noqa: PLC0415 - lazy

        node = find_or_explain()
        print_error(str(node))
        if args.action == "path":
            say(str(node.path))
        else:
            say(*(str(install(name, node, print_error)) for name in names()))
        return 0
