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
    """Run scenarios against one client and say what its user saw.

    Each run replays a recorded answer through the real Toxiproxy, breaks the path or
    the protocol at an exact place, and compares what the client showed with what the
    server truly said.

    Exit codes: 0 all passed, 1 something FAILED, 2 wrong usage, 3 a run proves
    nothing (INVALID, INCONCLUSIVE), 4 NON_STRICT with --strict, 130 interrupted.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream run --client reference            # the whole catalogue",
        "midstream run --client naive 'protocol/*'   # a family of scenarios",
        "midstream run --client openai_python --json r.json --junit r.xml",
        "midstream run --client naive --write-baseline known.toml",
        "midstream run --client naive --baseline known.toml",
        "midstream run --client naive --repeat 20 'slow/*' # do they always end so?",
        "midstream run --client naive ./my_case.toml # a scenario of your own",
        "midstream run --client-cmd 'node my_client.mjs' # a client of your own",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        tested = parser.add_mutually_exclusive_group(required=True)
        tested.add_argument("--client", metavar="NAME", help="who is under test")
        tested.add_argument(
            "--client-cmd",
            action="append",
            metavar="COMMAND",
            help="a program of your own: docs/client-protocol.md",
        )
        add_level_option(parser)
        _campaign.add_options(parser)

    @staticmethod
    def run(args: Namespace) -> int:
        """Run, report, and return the worst grade's exit code."""
        from midstream.harness.reports.json_file import run_document  # noqa: PLC0415 - lazy

        campaign = _campaign.conduct(args, [args.client] if args.client else [])
        _campaign.store(args, campaign.report, run_document(campaign.report))
        *lines, place = terminal.ending(campaign.report)
        say(*lines, *agreement_lines(campaign.report), place)
        return campaign.exit_code
