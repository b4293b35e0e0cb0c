"""Spoil the data of one event: the framing is right, the JSON is not.

Source: docs/research/faults.md FRM-20, FRM-28; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal, TypeAlias

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Step

from ._shared import until_event

How: TypeAlias = Literal["cut", "garbage", "html", "twice"]
_MARK, _END = b"data: ", b"\n\n"


@FAULTS.register
class MalformedJson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replace the data of the next event, then go on.

    Attributes:
        how: "cut": only its first half; "garbage": no JSON at all; "html": a
            gateway's error page; "twice": the same object two times over.
    """

    proof: ClassVar[str] = "altered"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    how: How = "cut"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, the first event among them spoilt."""
        send = yield from until_event(steps)
        if send is not None:
            yield send.altered(self._spoil(send.data))
        yield from steps

    def _spoil(self, frame: bytes) -> bytes:
        """Replace the content of the ``data:`` line, or all where there is none."""
        lead, mark, rest = frame.partition(_MARK)
        if not mark:
            lead, rest = b"", frame
        data, end, _ = rest.rpartition(_END)
        return lead + mark + _spoilt(self.how, data if end else rest) + end


def _spoilt(how: How, data: bytes) -> bytes:
    match how:
        case "cut":
            return data[: len(data) // 2]
        case "garbage":
            return b"}{ not JSON"
        case "html":
            return b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        case "twice":
            return data + data
