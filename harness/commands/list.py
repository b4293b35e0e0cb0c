"""`midstream list`: the scenarios that can be run."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from midstream.harness.plain_text import columns
from midstream.harness.record.case import Expect, FaultClass
from midstream.harness.reports.meanings import PHASES

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from midstream.scenarios import Scenario


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One scenario in ``list --json``; *kinds* are its faults, in their order."""

    id: str
    description: str
    tags: tuple[str, ...]
    phase: str
    kinds: tuple[str, ...]
    dialect: str
    fault_class: FaultClass
    expect: Expect


@COMMANDS.register
class ListCommand:
    """List the scenarios: the ways in which a streamed answer can go wrong.

    Each line has the scenario's id, the phase of the traffic in which the fault
    strikes (explained below the list), and what happens. `midstream show ID` tells
    more about one scenario.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream list",
        "midstream list 'framing/*' '*/early_end*'",
        "midstream list --json | jq '.[].id'",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "patterns",
            nargs="*",
            metavar="PATTERN",
            help="scenario ids, with * and ? if you like, or .toml files (all)",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON array")

    @staticmethod
    def run(args: Namespace) -> int:
        """Print the scenarios."""
        from midstream.harness.plan.plan import select  # noqa: PLC0415 - not for --help

        listed = [_listed(scenario) for scenario in select(args.patterns)]
        if args.json:
            from midstream.harness.reports.json_file import encode  # noqa: PLC0415 - lazy

            sys.stdout.write(encode(listed).decode())
        else:
            say(*_lines(listed))
        return 0


def _listed(scenario: "Scenario") -> Listed:
    """Return the entry of *scenario*."""
    from midstream.harness.plan.plan import DEFAULTS  # noqa: PLC0415 - not for --help

    default, given = DEFAULTS[scenario.fault_class], scenario.expect
    return Listed(
        id=scenario.id,
        description=scenario.description,
        tags=scenario.tags,
        phase=scenario.phase,
        kinds=tuple(fault.kind for fault in scenario.faults),
        dialect=scenario.cassettes[0].partition("/")[0] if scenario.cassettes else "",
        fault_class=scenario.fault_class,
        expect=Expect(
            ok=default.ok if given.ok is None else given.ok,
            non_strict=(
                default.non_strict if given.non_strict is None else given.non_strict
            ),
        ),
    )


def _lines(listed: Sequence[Listed]) -> list[str]:
    """Return a line for each scenario, the phases in words, and a count."""
    lines = columns([(entry.id, entry.phase, entry.description) for entry in listed])
    found = {entry.phase for entry in listed}
    phases = [f"{phase}: {text}" for phase, text in PHASES.items() if phase in found]
    noun = "scenario" if len(listed) == 1 else "scenarios"
    return [*lines, "", *phases, "", f"{len(listed)} {noun}"]
