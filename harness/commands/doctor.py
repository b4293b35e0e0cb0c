"""`midstream doctor`: is everything there?"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, ClassVar

from midstream.harness.reports.tally import EXIT_NO_VERDICT

from . import COMMANDS
from ._console import say

if TYPE_CHECKING:
    from ._checks import DoctorCheck


@COMMANDS.register
class DoctorCommand:
    """Look whether everything is there that a run needs, and say what to do if not.

    Python, the packages and their versions, where Toxiproxy was found, who owns the
    import name, the loopback interface, the cache. Nothing is changed.

    Exit codes: 0 ready, 3 something needed is missing.
    """

    examples: ClassVar[tuple[str, ...]] = ("midstream doctor",)

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        """Declare no options: there is nothing to choose."""

    @staticmethod
    def run(args: Namespace) -> int:  # noqa: ARG004 - the shape of a command
        """Print a line for each answer."""
        from ._checks import checks  # noqa: PLC0415 - not for --help

        is_ready = True
        for check in checks():
            say(_line(check))
            is_ready = is_ready and (check.is_ok or not check.is_needed)
        say("ready" if is_ready else "not ready")
        return 0 if is_ready else EXIT_NO_VERDICT


def _line(check: "DoctorCheck") -> str:
    """Return one answer as a line: symbol, what was found, remedy."""
    if check.is_ok:
        return f"✓ {check.text}"
    symbol = "✗" if check.is_needed else "-"
    return f"{symbol} {check.text}; remedy: {check.remedy}"
