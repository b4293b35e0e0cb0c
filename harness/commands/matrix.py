"""`midstream matrix`: many clients, many scenarios, one table."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import ClassVar

from midstream.harness.reports import terminal

from . import COMMANDS, _campaign, _page
from ._clients import add_level_option
from ._console import say


@COMMANDS.register
class MatrixCommand:
    """Run scenarios against several clients and print a table of the verdicts.

    The table has a row for each scenario, a column for each client, and in each
    cell a symbol and the verdict: ✓ passed, ~ passed but not as it should be,
    ✗ failed, ! and ? prove nothing, - the client cannot be asked.

    Exit codes are those of `midstream run`, for the runs of all clients together.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream matrix --clients reference,openai_python,naive",
        "midstream matrix --clients reference,naive 'midstream/*' --json m.json",
        "midstream matrix --clients reference,naive --markdown table.md",
        "midstream matrix --clients reference,naive --repeat 10 'connect/*'",
        "midstream matrix --clients naive --notes notes.toml --page clients.md",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--clients",
            required=True,
            type=_names,
            metavar="A,B,C",
            help="the clients to test, separated by commas",
        )
        parser.add_argument(
            "--client-cmd",
            action="append",
            metavar="COMMAND",
            help="also test a program of your own; may be given several times",
        )
        add_level_option(parser)
        _campaign.add_options(parser)
        _campaign.add_file_option(
            parser, "--markdown", "write the table as Markdown, for a README"
        )
        _page.add_options(parser)

    @staticmethod
    def run(args: Namespace) -> int:
        """Run, report, print the table, and return the worst exit code."""
        from midstream.harness.reports import json_file, markdown  # noqa: PLC0415 - lazy
        from midstream.harness.reports.console.files import write  # noqa: PLC0415 - lazy

        notes = _page.read_notes(args)
        campaign = _campaign.conduct(args, args.clients)
        report = campaign.report
        _campaign.store(args, report, json_file.matrix_document(report))
        if args.markdown is not None:
            write(args.markdown, markdown.document(report).encode())
        if not campaign.is_interrupted:
            _page.write_page(args, report, notes)
        *lines, place = terminal.ending(report)
        files = _campaign.written(args, "markdown", "page")
        say(*lines, "", *terminal.matrix(report), "", *files, place)
        return campaign.exit_code


def _names(text: str) -> list[str]:
    """Parse names separated by commas; repeated names count once."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise ArgumentTypeError(f"{text!r} is not a list such as reference,naive")
    return list(dict.fromkeys(names))
