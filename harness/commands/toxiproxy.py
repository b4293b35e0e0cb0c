"""`midstream toxiproxy`: installs the real Toxiproxy, or finds it."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from . import COMMANDS
from ._console import print_error, say


@COMMANDS.register
class InstallToxiproxyCommand:
    """Install the real Toxiproxy, or find the one that is installed.

    `install` builds the pinned version from source with Go's own tools and puts it
    into the cache; if it is there already, nothing happens. `path` prints where
    Toxiproxy is: MIDSTREAM_TOXIPROXY (a path, or the URL of a running server), else
    `toxiproxy-server` on PATH, else the cache.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream toxiproxy install",
        '"$(midstream toxiproxy path)" --version',
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the action."""
        parser.add_argument("action", choices=["install", "path"])

    @staticmethod
    def run(args: Namespace) -> int:
        """Install or find; print nothing but the path on standard output."""
        from midstream.harness.path.toxiproxy import find_or_explain, install  # noqa: PLC0415 - lazy

        if args.action == "install":
            say(str(install(print_error)))
        else:
            say(str(find_or_explain()))
        return 0
