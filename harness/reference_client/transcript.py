"""The shown text, by message and content index, and the operations that change it.

It knows nothing of events. It returns every change as the operation that shows it, so
that the transcript and the shown text can never differ.
"""

from dataclasses import dataclass, field

from midstream.harness.record.ops import Append, Final, FinalMessage, Op, Replace

_CODE = ("utf-8", "surrogatepass")
"""Any text, also half of a pair that a server has torn apart."""


@dataclass(slots=True)
class _Shown:
    """The parts of a message, which grow token by token until they are settled.

    Bytes are appended; a string would be copied for each token, and a `StringIO` keeps
    each token as an object.
    """

    growing: dict[int, bytearray] = field(default_factory=dict)
    settled: dict[int, str] | None = None

    @property
    def parts(self) -> dict[int, str]:
        if self.settled is not None:
            return self.settled
        return {part: data.decode(*_CODE) for part, data in self.growing.items()}


class Transcript:
    """All assistant messages of a conversation, in display order."""

    def __init__(self) -> None:
        self._messages: dict[str, _Shown] = {}

    def open(self, message: str) -> None:
        """Add *message* behind the others, unless it was added before."""
        self._messages.setdefault(message, _Shown())

    def is_open(self, message: str) -> bool:
        """Say whether text may still be appended to *message*."""
        shown = self._messages.get(message)
        return shown is not None and shown.settled is None

    def is_settled(self, message: str) -> bool:
        """Say whether *message* shows the server's whole text."""
        shown = self._messages.get(message)
        return shown is not None and shown.settled is not None

    def append(self, message: str, part: int, text: str) -> list[Op]:
        """Append *text* to a part of *message*, if the message is open."""
        shown = self._messages.get(message)
        if not text or shown is None or shown.settled is not None:
            return []
        if part not in shown.growing:
            shown.growing[part] = bytearray()
        shown.growing[part] += text.encode(*_CODE)
        return [Append(message=message, part=part, text=text)]

    def settle(self, message: str, truth: dict[int, str]) -> list[Op]:
        """Show the server's whole texts: append what is missing, or replace a part."""
        self.open(message)
        shown = self._messages[message]
        ops: list[Op] = []
        parts = shown.parts
        for part in sorted(parts.keys() | truth.keys()):
            ops += _change(message, part, parts.get(part, ""), truth.get(part, ""))
        shown.settled = dict(truth)
        shown.growing.clear()
        return ops

    def outruns(self, message: str, truth: dict[int, str]) -> bool:
        """Say whether the shown text begins with *truth* and is longer."""
        shown = self._messages.get(message, _Shown()).parts
        ahead = [p for p in shown if shown[p] != truth.get(p, "")]
        return bool(ahead) and all(shown[p].startswith(truth.get(p, "")) for p in ahead)

    def arrange(self, messages: list[str]) -> None:
        """Put *messages* in the server's order, behind those of earlier turns."""
        ours = {m: self._messages.pop(m) for m in messages if m in self._messages}
        self._messages.update(ours)

    def final(self) -> Final:
        """Return the whole transcript."""
        return Final(
            messages=tuple(
                FinalMessage(message=name, parts=dict(sorted(shown.parts.items())))
                for name, shown in self._messages.items()
            )
        )


def _change(message: str, part: int, shown: str, truth: str) -> list[Op]:
    if shown == truth:
        return []
    if truth.startswith(shown):
        return [Append(message=message, part=part, text=truth[len(shown) :])]
    return [Replace(message=message, part=part, text=truth)]
