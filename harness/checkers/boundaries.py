"""Messages that the server said apart stand apart on the user's screen.

Two messages run into one, with nothing between them, read as one sentence that nobody
said. Judged where the client says that it shows messages by themselves (capability
"messages"): a program that prints one text promises no such thing.
"""

from typing import ClassVar

from harness.checkers import CHECKERS
from harness.checkers._finding import holds, unknown, violated
from harness.checkers._transcript import TRANSCRIPT_RECORDS, Shown, Transcript
from harness.history import CaseBegin, Record
from harness.verdict import Finding, Verdict


@CHECKERS.register
class Boundaries:
    """Counts the messages of the server that one message on the screen stands for."""

    code: ClassVar[str] = "I19"
    level: ClassVar[int] = 1
    reads: ClassVar[tuple[type, ...]] = (CaseBegin, *TRANSCRIPT_RECORDS)

    def __init__(self) -> None:
        """Begin with an empty screen."""
        self._transcript = Transcript()
        self._promises = False

    def feed(self, record: Record) -> None:
        """Follow what is said and shown."""
        if isinstance(record.body, CaseBegin):
            self._promises = "messages" in record.body.case.client.capabilities
        else:
            self._transcript.feed(record)

    def finish(self) -> Finding:
        """Report the first text in which two messages have run into one."""
        if not self._promises:
            return unknown(self, "the client does not show messages by themselves")
        views = self._transcript.views
        for view in views:
            for shown in view.parts:
                count = self._messages(shown)
                if count > 1:
                    return violated(
                        self,
                        Verdict.CORRUPTED,
                        f"{count} messages stand as one under {shown.name} in the"
                        f" {view.name} text",
                        shown.seqs,
                        "MERGED_MESSAGES",
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        return holds(self, "each message stands by itself")

    def _messages(self, shown: Shown) -> int:
        """Return how many messages with any text *shown* stands for."""
        told = self._transcript.truth.told
        return len({key[0] for key in shown.keys if told[key]})
