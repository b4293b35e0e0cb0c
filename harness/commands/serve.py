"""`midstream serve`: the fake server on its own, for any client in any language."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from . import COMMANDS


@COMMANDS.register
class ServeCommand:
    """Serve recorded answers as OpenAI would, without faults, until Ctrl-C.

    Set an SDK's base URL to the address that this command prints. Any API key works,
    and each key has assistants, threads and runs of its own.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream serve",
        "midstream serve --cassette openai_assistants/long_answer --speed 4",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options: those of ``python -m midstream.mock_server``."""
        from midstream.mock_server.control.serve import add_serve_arguments  # noqa: PLC0415 - lazy

        add_serve_arguments(parser)

    @staticmethod
    def run(args: Namespace) -> int:
        """Serve until interrupted."""
        from midstream.mock_server import load  # noqa: PLC0415 - not for --help
        from midstream.mock_server.control.serve import run_serve  # noqa: PLC0415 - not for --help

        for cassette in args.cassette or ():
            load(
                cassette, dialect=args.dialect_file
            )  # report a mistake now, not at the first request
        return run_serve(args)
