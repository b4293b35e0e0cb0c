"""`midstream node`: gets the npm packages our clients wrap, and says where Node is."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from . import COMMANDS
from ._console import print_error, say


@COMMANDS.register
class InstallForNodeCommand:
    """Install what the Node clients wrap, or say which Node they run on.

    `path` looks at MIDSTREAM_NODE, then for the wheel that `pip install
    'midstream[node]'` brings, then for `node` on PATH (20 or newer). `install` puts
    the pinned npm packages into the cache, each version in its own folder; where they
    are there already, nothing is done.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream node install",
        '"$(midstream node path)" --version',
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the one choice there is."""
        parser.add_argument("action", choices=["install", "path"])

    @staticmethod
    def run(args: Namespace) -> int:
        """Install or find; paths stand alone on standard output."""
        from midstream.harness.runtimes.node import find_or_explain, install, names  # noqa: PLC0415 - lazy

        node = find_or_explain()
        print_error(str(node))
        if args.action == "path":
            say(str(node.path))
        else:
            say(*(str(install(name, node, print_error)) for name in names()))
        return 0
