"""`midstream cassette`: what recordings there are, and what one of them holds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import ClassVar

from . import COMMANDS
from ._campaign import add_file_to_read
from ._console import say


@COMMANDS.register
class CassetteCommand:
    """Read recordings, and say what they hold.

    `check` reads cassettes, by name or file, and says of each response how its events
    and chunks are cut and, where a dialect knows it, which text and tool calls it says,
    how it ends, and what is odd. `list` names the recordings that are shipped, and the
    dialects.

    Exit codes: 0 all can be replayed, 2 a file has a mistake; the message says where.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream cassette list",
        "midstream cassette check recorded.jsonl",
        "midstream cassette check recorded.jsonl --dialect-file my_api.toml",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("action", choices=["check", "list"])
        parser.add_argument(
            "cassettes", nargs="*", metavar="NAME|FILE", help="what `check` reads"
        )
        add_file_to_read(
            parser, "--dialect-file", "say what they mean: docs/dialects.md"
        )

    @staticmethod
    def run(args: Namespace) -> int:
        """Print what was asked for."""
        if args.action == "list":
            _list()
        else:
            _check(args.cassettes, args.dialect_file)
        return 0


def _list() -> None:
    from midstream.mock_server import load, names  # noqa: PLC0415 - not for --help
    from midstream.mock_server.library import dialect_names  # noqa: PLC0415 - not for --help

    found = names()
    width = max(map(len, found), default=0)
    say(*(f"{name:<{width}}  {load(name).title}" for name in found))
    say("", f"dialects: {', '.join(dialect_names())}; or a file of your own, *.toml")


def _check(cassettes: list[str], dialect: Path | None) -> None:
    """Read all first, so that a mistake is the only thing that is told.

    Raises:
        CassetteError, DeclarationError, UnknownNameError: One cannot be used.
    """
    from midstream.mock_server import CassetteError, load  # noqa: PLC0415 - not for --help
    from midstream.mock_server.recordings.summary import summary  # noqa: PLC0415 - not for --help

    if not cassettes:
        raise CassetteError("name a cassette or a .jsonl file: midstream cassette list")
    found = [load(name, dialect=dialect) for name in cassettes]
    say(*(line for cassette in found for line in summary(cassette)))
