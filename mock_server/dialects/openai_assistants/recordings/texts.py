"""Checks that the deltas of a conversation add up to its completed texts.

Source: in all recorded streams the concatenated deltas equal the completed text,
for each message and content index; for each step and call index likewise.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile

from .events import (
    Data,
    DisorderError,
    RecordedBlock,
    RecordedCall,
    RecordedMessage,
    RecordedMessageDelta,
    RecordedRun,
    RecordedStep,
    RecordedStepDelta,
)


class TextSums:
    """Adds up fragments by owner and index, over all streams of a conversation."""

    def __init__(self) -> None:
        """Start without text."""
        self._said: dict[str, dict[int, list[str]]] = defaultdict(dict)
        self._calls: dict[str, tuple[str, int]] = {}

    def feed(self, data: Data) -> None:
        """Take the next event's *data*.

        Raises:
            DisorderError: A completed text differs from the sum of its deltas.
        """
        match data:
            case RecordedMessageDelta():
                self._add(data.id, data.delta.content)
            case RecordedStepDelta():
                self._add(data.id, data.delta.step_details.tool_calls)
                self._note_calls(data)
            case RecordedMessage():
                self._compare(data.id, data.content)
            case RecordedStep() if (
                data.id in self._said
            ):  # else its fragments are not recorded
                self._compare(data.id, data.step_details.tool_calls)
            case RecordedRun() if data.required_action:
                self._compare_calls(data.required_action.submit_tool_outputs.tool_calls)
            case _:
                pass

    def _add(self, owner: str, parts: Iterable[RecordedBlock | RecordedCall]) -> None:
        said = self._said[owner]
        for part in parts:
            said.setdefault(part.index, []).append(part.written)

    def _note_calls(self, delta: RecordedStepDelta) -> None:
        for call in delta.delta.step_details.tool_calls:
            if call.id is not None:
                self._calls[call.id] = delta.id, call.index

    def _compare(
        self, owner: str, parts: Iterable[RecordedBlock | RecordedCall]
    ) -> None:
        whole = {index: part.written for index, part in enumerate(parts)}
        said = {n: "".join(each) for n, each in self._said.get(owner, {}).items()}
        for index in sorted(whole.keys() | said.keys()):
            _same(f"{owner}, part {index}", said.get(index, ""), whole.get(index, ""))

    def _compare_calls(self, calls: Iterable[RecordedCall]) -> None:
        for call in calls:
            owner, index = self._calls.get(call.id or "", ("", 0))
            if not owner:
                raise DisorderError(f"no step has announced call {call.id}")
            _same(f"call {call.id}", "".join(self._said[owner][index]), call.written)


def _same(what: str, deltas: str, whole: str) -> None:
    if deltas != whole:
        pairs = takewhile(
            lambda pair: pair[0] == pair[1], zip(deltas, whole, strict=False)
        )
        at = sum(1 for _ in pairs)
        raise DisorderError(
            f"{what}: the deltas differ from the completed text at character {at}: "
            f"{deltas[at : at + 20]!r} and {whole[at : at + 20]!r}"
        )
