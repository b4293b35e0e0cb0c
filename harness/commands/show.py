"""`midstream show`: all about one scenario."""

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from midstream.harness.plan.plan import Plan
    from midstream.harness.record.case import ArmedFault


@COMMANDS.register
class ShowCommand:
    """Show a scenario: what happens, what is expected, and where it comes from.

    Faults are shown with all their settings, defaults included. A scenario of your
    own is checked on the way: its mistakes are named by file and place.
    """

    examples: ClassVar[tuple[str, ...]] = (
        "midstream show midstream/reset_after_first_delta",
        "midstream show ./my_case.toml",
    )

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("id", metavar="ID", help="a scenario's id, or a .toml file")

    @staticmethod
    def run(args: Namespace) -> int:
        """Print the scenario; several, if ID has wildcards."""
        from midstream.harness.plan.plan import make_plan, select  # noqa: PLC0415 - not for --help

        for scenario in select([args.id]):
            say(*_lines(make_plan(scenario), args.id), "")
        return 0


def _lines(plan: "Plan", asked: str) -> Iterator[str]:
    """Yield the lines that tell *plan*; *asked* is how its reader called it."""
    scenario = plan.scenario
    yield scenario.id
    yield f"  {_flat(scenario.description)}"
    for label, value in (
        ("expected", _flat(scenario.expectation)),
        ("passes", ", ".join(plan.expect.ok)),
        ("tolerated", ", ".join(plan.expect.non_strict)),
        ("class", scenario.fault_class),
        ("phase", scenario.phase),
        ("workload", scenario.workload),
        ("cassettes", ", ".join(scenario.cassettes)),
        ("pace", f"{scenario.speed:g} times the recording's"),
        ("budget", f"{scenario.budget_s:g} s, idle {scenario.idle_s:g} s"),
        ("tags", ", ".join(scenario.tags)),
    ):
        if value:
            yield f"  {label:<10} {value}"
    yield from _listing("faults", (_fault(fault.armed) for fault in plan.faults))
    waived = (f"{name}: {reason}" for name, reason in scenario.waived.items())
    yield from _listing("waived", waived)
    yield from _listing("sources", scenario.sources)
    own = asked if asked.endswith(".toml") else scenario.id
    yield f"  {'run it':<10} midstream run --client reference {shlex.quote(own)}"


def _listing(label: str, entries: Iterable[str]) -> Iterator[str]:
    """Yield *entries* one a line; nothing if there are none."""
    for entry in entries:
        yield f"  {label:<10} {_flat(entry)}"
        label = ""


def _fault(armed: "ArmedFault") -> str:
    """Say one fault: id, kind, settings, place, and what must prove it."""
    where = f"at {_settings(armed.at)}" if armed.at else "from the start on"
    return f"{armed.id} {armed.kind}({_settings(armed.args)}) {where}; {armed.proof}"


def _settings(settings: Mapping[str, Any]) -> str:
    """Return settings as "name=value", values as JSON; None says nothing."""
    said = {name: value for name, value in settings.items() if value is not None}
    pairs = ((name, msgspec.json.encode(v).decode()) for name, v in said.items())
    return ", ".join(f"{name}={value}" for name, value in pairs)


def _flat(text: str) -> str:
    """Return *text* on one line."""
    return " ".join(text.split())
