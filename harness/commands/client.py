"""`midstream client check`: tries a client by itself and says what is missing."""

import shlex
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, ClassVar, Final

from midstream.harness.reports.tally import EXIT_FAILED, EXIT_OK

from . import COMMANDS
from ._clients import add_level_option, split
from ._console import say

if TYPE_CHECKING:
    from midstream.harness.runs.examination import ExaminationAnswer

_SYMBOLS: Final = {"yes": "✓", "no": "✗", "note": "~"}


@COMMANDS.register
class ClientCheckCommand:
    """Try a client program of your own without faults, and say what it lacks.

    The program talks to the fake server: an answer, two messages, a second turn, tool
    calls if it claims to support them, a cancel, a goodbye. Each line says what the
    program does (✓), what it does not do and what to add (✗), or what it could do
    better (~). docs/client-protocol.md describes the protocol; docs/examples has two
    programs to start from.

    Exit codes: 0 nothing is missing, 1 something is missing, 2 wrong usage.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream client check --client-cmd 'python docs/examples/my_client.py'",
        "midstream client check --client-cmd 'node docs/examples/my_client.mjs'",
        "midstream client check --client-cmd ./answer.sh --client-level 0",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("action", choices=["check"])
        parser.add_argument(
            "--client-cmd",
            required=True,
            metavar="COMMAND",
            help="program and arguments; quotes work, but no shell is started",
        )
        add_level_option(parser)

    @staticmethod
    def run(args: Namespace) -> int:
        """Print each answer as it comes, and return the exit code."""
        import asyncio  # noqa: PLC0415 - not for --help

        argv = split(args.client_cmd)
        missing = asyncio.run(_ask(argv, args.client_level))
        if missing:
            things = "thing is" if missing == 1 else "things are"
            say("", f"{missing} {things} missing; see docs/client-protocol.md")
            return EXIT_FAILED
        level = "" if args.client_level is None else " --client-level 0"
        words = f"--client-cmd {shlex.quote(args.client_cmd)}{level}"
        say("", f"nothing is missing; now test it with faults: midstream run {words}")
        return EXIT_OK


async def _ask(argv: list[str], level: int | None) -> int:
    """Print the answers, and return how many things are missing."""
    from midstream.harness.runs.examination import examine  # noqa: PLC0415 - not for --help

    missing = 0
    async for answer in examine(argv, level):
        missing += answer.verdict == "no"
        say(*_lines(answer))
    return missing


def _lines(answer: "ExaminationAnswer") -> list[str]:
    """Return *answer* as lines; all but the first are indented."""
    seen = [f"    {line}" for text in answer.why for line in text.splitlines()]
    advice = [f"    → {answer.advice}"] if answer.advice else []
    return [f"{_SYMBOLS[answer.verdict]} {answer.text}", *seen, *advice]
