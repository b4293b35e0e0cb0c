"""Every character shown was said by the server: nothing garbled, nothing leaked.

Leaked text is the protocol's own (``data:``, ``[DONE]``, markup of an error page).
Garbled text has U+FFFD, the mark of a torn character, where the server said none.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.verdict import Finding, Verdict

LEAKS = ("�", "data:", "event:", "[DONE]", ": ping", "<!DOCTYPE", "<html")


@CHECKERS.register
class Integrity(Checker):
    """Looks for shown text that is neither a token nor a piece of one."""

    code: ClassVar[str] = "I5"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "text"

    def finish(self) -> Finding:
        """Report the first stretch of text that the server never said."""
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                stretch = _foreign(view, shown)
                if stretch:
                    return violated(
                        self,
                        Verdict.CORRUPTED,
                        f"{shown.name}[{shown.part}] shows {stretch[:60]!r} in the"
                        f" {view.name} text, which the server never said there",
                        shown.seqs,
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        mended = self.projections.transcript.mended()
        return holds(self, "; ".join(["the server said all that is shown", *mended]))


def _foreign(view: View, shown: Shown) -> str:
    """Return the first stretch of *shown* that the server never said, or ""."""
    if shown.is_right:
        return ""
    truth = "".join(shown.said)
    leaks = [leak for leak in LEAKS if leak in shown.text and leak not in truth]
    unaligned = [] if shown.keys or _is_repeat(view, shown) else [shown.text]
    return next(iter([*leaks, *shown.diagnosis.foreign, *unaligned]), "")


def _is_repeat(view: View, unaligned: Shown) -> bool:
    """Say whether *unaligned*, a part that no message matches, repeats another part."""
    others = "\n".join(other.text for other in view.parts if other is not unaligned)
    seen = unaligned.diagnosis.seen
    return bool(seen) and any(unaligned.said[index] in others for index in seen)
