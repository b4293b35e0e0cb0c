"""`midstream run`: one client, many scenarios."""

from argparse import ArgumentParser, Namespace
from typing import ClassVar

from midstream.harness.reports import terminal
from midstream.harness.reports.agreement import agreement_lines

from . import COMMANDS, _campaign
from ._clients import add_level_option
from ._console import say


@COMMANDS.register
class RunCommand:
    """Test one client: run scenarios against it and report what its user saw.

    Each run replays a recorded answer through the real Toxiproxy, cuts or disturbs it
    at an exact place, and compares what the client showed with what the server said.
    The verdict says what the user got, such as SILENT_TRUNCATION; the grade says
    whether the scenario accepts that: OK, NON_STRICT (tolerated) or FAILED.

    Exit codes: 0 every run passed, 1 a run FAILED, 2 wrong usage, 3 a run gave no
    verdict (INVALID, INCONCLUSIVE), 4 NON_STRICT with --strict, 130 interrupted.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream run --client reference            # the whole catalogue",
        "midstream run --client naive 'protocol/*'   # a family of scenarios",
        "midstream run --client openai_python --json r.json --junit r.xml",
        "midstream run --client naive --write-baseline known.toml",
        "midstream run --client naive --baseline known.toml",
        "midstream run --client naive --repeat 20 'slow/*' # is it always so?",
        "midstream run --client naive ./my_case.toml # a scenario of your own",
        "midstream run --client-cmd 'node my_client.mjs' # a client of your own",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        tested = parser.add_mutually_exclusive_group(required=True)
        tested.add_argument("--client", metavar="NAME", help="the client to test")
        tested.add_argument(
            "--client-cmd",
            action="append",
            metavar="COMMAND",
            help="test a program of your own: docs/client-protocol.md",
        )
        add_level_option(parser)
        _campaign.add_options(parser)

    @staticmethod
    def run(args: Namespace) -> int:
        """Run, report, and return the worst exit code."""
        from midstream.harness.reports.json_file import run_document  # noqa: PLC0415 - lazy

        campaign = _campaign.conduct(args, [args.client] if args.client else [])
        _campaign.store(args, campaign.report, run_document(campaign.report))
        *lines, place = terminal.ending(campaign.report)
        files = _campaign.written(args)
        say(*lines, *agreement_lines(campaign.report), *files, place)
        return campaign.exit_code
