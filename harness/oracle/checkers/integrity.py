"""Every character shown was said by the server: nothing garbled, nothing leaked.

Leaked: the protocol's own text (``data:``, ``[DONE]``, markup of an error page).
Garbled: U+FFFD, the mark of a torn character, where the server said none.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.verdict import Finding, Verdict

LEAKS = ("�", "data:", "event:", "[DONE]", ": ping", "<!DOCTYPE", "<html")


@CHECKERS.register
class Integrity(Checker):
    """Looks for text that is no token, and no piece of one."""

    code: ClassVar[str] = "I5"
    level: ClassVar[int] = 0

    def finish(self) -> Finding:
        """Report the first stretch that the server never said."""
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                stretch = _foreign(view, shown)
                if stretch:
                    return violated(
                        self,
                        Verdict.CORRUPTED,
                        f"{shown.name}[{shown.part}] shows {stretch[:60]!r} in the"
                        f" {view.name} text; the server never said it there",
                        shown.seqs,
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        mended = self.projections.transcript.mended()
        return holds(self, "; ".join(["all that is shown was said", *mended]))


def _foreign(view: View, shown: Shown) -> str:
    """Return the first stretch of *shown* that was never said there, or ""."""
    if shown.is_right:
        return ""
    truth = "".join(shown.told)
    leaks = [leak for leak in LEAKS if leak in shown.text and leak not in truth]
    strays = [] if shown.keys or _is_repeat(view, shown) else [shown.text]
    return next(iter([*leaks, *shown.diagnosis.foreign, *strays]), "")


def _is_repeat(view: View, stray: Shown) -> bool:
    """Say whether *stray*, text under a name of no message, repeats another part."""
    others = "\n".join(other.text for other in view.parts if other is not stray)
    seen = stray.diagnosis.seen
    return bool(seen) and any(stray.told[index] in others for index in seen)
