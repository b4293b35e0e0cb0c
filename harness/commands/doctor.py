"""`midstream doctor`: checks that everything a run needs is installed."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, ClassVar

from midstream.harness.reports.tally import EXIT_NO_VERDICT

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from ._checks import DoctorCheck


@COMMANDS.register
class DoctorCommand:
    """Check that everything a run needs is installed, and say what to do if not.

    Looks at Python, the packages and their versions, the loopback interface, the
    cache, and Toxiproxy. Changes nothing.

    Exit codes: 0 ready, 3 something that every run needs is missing.
    """

    examples: ClassVar[tuple[str, ...]] = ("midstream doctor",)

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare no options."""

    @staticmethod
    def run(args: Namespace) -> int:  # noqa: ARG004 - the shape of a command
        """Print a line for each check."""
        from ._checks import checks  # noqa: PLC0415 - not for --help

        is_ready = True
        for check in checks():
            say(_line(check))
            is_ready = is_ready and (check.is_ok or not check.is_needed)
        say("ready" if is_ready else "not ready")
        return 0 if is_ready else EXIT_NO_VERDICT


def _line(check: "DoctorCheck") -> str:
    """Return one result as a line: symbol, what was found, remedy."""
    if check.is_ok:
        return f"✓ {check.text}"
    symbol = "✗" if check.is_needed else "-"
    return f"{symbol} {check.text}; remedy: {check.remedy}"
