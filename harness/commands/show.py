"""`midstream show`: describes one scenario."""

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from midstream.harness.reports.meanings import FAULT_CLASSES, PHASES

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from midstream.harness.plan.plan import Plan


@COMMANDS.register
class ShowCommand:
    """Show a scenario: what happens, what is expected, and where it comes from.

    Each fault is said in words, with the settings that are not the default. A
    scenario of your own is checked on the way: the message names file and place.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream show midstream/reset_after_first_delta",
        "midstream show ./my_case.toml",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "id",
            metavar="ID",
            help="a scenario id, or a .toml file",
        )

    @staticmethod
    def run(args: Namespace) -> int:
        """Print the scenario, or all that ID's wildcards match."""
        from midstream.harness.plan.plan import make_plan, select  # noqa: PLC0415 - not for --help

        for scenario in select([args.id]):
            say(*_lines(make_plan(scenario), args.id), "")
        return 0


def _lines(plan: "Plan", asked: str) -> Iterator[str]:
    """Yield the lines that describe *plan*; *asked* is what the reader typed for it."""
    from ._fault_text import fault_text  # noqa: PLC0415 - not for --help

    scenario = plan.scenario
    yield scenario.id
    yield f"  {_flat(scenario.description)}"
    for label, value in (
        ("expected", _flat(scenario.expectation)),
        ("passes", ", ".join(plan.expect.ok)),
        ("tolerated", ", ".join(plan.expect.non_strict)),
        ("class", f"{scenario.fault_class}: {FAULT_CLASSES[scenario.fault_class]}"),
        ("phase", f"{scenario.phase}: {PHASES[scenario.phase]}"),
        ("workload", scenario.workload),
        ("cassettes", ", ".join(scenario.cassettes)),
        ("pace", _pace(scenario.speed)),
        ("chunks", _CHUNKS.get(scenario.chunking or "", "")),
        ("budget", f"{scenario.budget_s:g} s for the client to end"),
        ("idle", f"{scenario.idle_s:g} s that the client may wait for the next byte"),
        ("tags", ", ".join(scenario.tags)),
    ):
        if value:
            yield f"  {label:<10} {value}"
    faults = zip(scenario.faults, plan.faults, strict=True)
    yield from _listing("faults", (fault_text(*fault) for fault in faults))
    waived = (f"{name}: {reason}" for name, reason in scenario.waived.items())
    yield from _listing("waived", waived)
    yield from _listing("sources", scenario.sources)
    own = asked if asked.endswith(".toml") else scenario.id
    yield f"  {'run it':<10} midstream run --client reference {shlex.quote(own)}"


def _listing(label: str, entries: Iterable[str]) -> Iterator[str]:
    """Yield *entries* one a line, the first behind *label*."""
    for entry in entries:
        yield f"  {label:<10} {_flat(entry)}"
        label = ""


_CHUNKS: Final = {
    "event": "an event at a time",
    "recorded": "as recorded, also where a chunk ends inside an event",
}


def _pace(speed: float) -> str:
    if not speed:
        return "as fast as possible"
    return f"{speed:g} times as fast as recorded" if speed != 1 else "as recorded"


def _flat(text: str) -> str:
    """Return *text* on one line."""
    return " ".join(text.split())
