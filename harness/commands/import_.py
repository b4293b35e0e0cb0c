"""`midstream import vcr`: turns recordings of other tools into cassettes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import ClassVar

from . import COMMANDS
from ._console import say


@COMMANDS.register
class ImportCommand:
    """Turn a recording of another tool into a cassette.

    `vcr`: a YAML cassette of VCR (Ruby) or vcrpy. It is read with a safe loader and
    limits; hosts, request headers and what looks like a secret stay out. VCR stores
    neither chunks nor times: one chunk an event at a usual pace is invented, and the
    cassette says so. A file that is there already is never overwritten.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream import vcr spec/fixtures/chat.yml --out chat.jsonl",
        "midstream import vcr recorded.yaml --out cassettes/",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("kind", choices=["vcr"], help="what wrote the file")
        parser.add_argument("file", type=Path, metavar="FILE", help="the recording")
        parser.add_argument(
            "--out",
            type=Path,
            default=Path(),
            metavar="FILE|DIR",
            help="a .jsonl file, or a folder for FILE's name with .jsonl (here)",
        )

    @staticmethod
    def run(args: Namespace) -> int:
        """Import the file and say where the cassette is."""
        from midstream.mock_server.library import import_file  # noqa: PLC0415 - not for --help

        written = import_file(args.file, args.out)
        say(f"cassette: {written}")
        return 0
