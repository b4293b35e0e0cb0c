"""`midstream import vcr`: turns a recording of another tool into a cassette."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import ClassVar

from . import COMMANDS
from ._console import say


@COMMANDS.register
class ImportCommand:
    """Turn a recording of another tool into a cassette.

    A cassette is a recorded answer that the fake server replays. `vcr` is a YAML
    cassette of VCR (Ruby) or vcrpy. Hosts, request headers and anything that looks
    like a secret are left out. VCR stores no times, and few recorders note the chunks
    in which a body came (`chunk_bytes`): without, each event becomes one chunk. They
    are sent at a usual pace; the cassette says what is invented.
    An existing file is never overwritten.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream import vcr spec/fixtures/chat.yml --out chat.jsonl",
        "midstream import vcr recorded.yaml --out cassettes/",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("kind", choices=["vcr"], help="the tool that wrote FILE")
        parser.add_argument("file", type=Path, metavar="FILE", help="the recording")
        parser.add_argument(
            "--out",
            type=Path,
            default=Path(),
            metavar="FILE|DIR",
            help="a .jsonl file, or a folder for it (the current folder)",
        )

    @staticmethod
    def run(args: Namespace) -> int:
        """Import the file and print where the cassette is."""
        from midstream.mock_server.library import import_file  # noqa: PLC0415 - not for --help

        written = import_file(args.file, args.out)
        say(f"cassette: {written}")
        return 0
