"""`midstream toxiproxy`: gets the real Toxiproxy, and says where it is."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from . import COMMANDS
from ._console import print_error, say


@COMMANDS.register
class InstallToxiproxyCommand:
    """Install the real Toxiproxy, or say where it was found.

    `path` looks at MIDSTREAM_TOXIPROXY (a path, or the URL of a running server), then
    for `toxiproxy-server` on PATH, then in our cache. `install` puts the pinned
    version into the cache, built from source by Go's own tools; where it is there
    already, nothing is done.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream toxiproxy install",
        '"$(midstream toxiproxy path)" --version',
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the one choice there is."""
        parser.add_argument("action", choices=["install", "path"])

    @staticmethod
    def run(args: Namespace) -> int:
        """Install or find it; its place stands alone on standard output."""
        from midstream.harness.path.toxiproxy import find_or_explain, install  # noqa: PLC0415 - lazy

        if args.action == "install":
            say(str(install(print_error)))
        else:
            say(str(find_or_explain()))
        return 0
