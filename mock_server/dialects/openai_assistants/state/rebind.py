"""Replaces a cassette's ids and times by live ones.

Only fields that hold ids are changed, never texts. One binding serves all streams of a
run, so that a recorded id always becomes the same live id.
"""

from collections.abc import Callable
from typing import Any

_PREFIXES = frozenset({"thread", "run", "msg", "step", "call", "asst"})
_ID_KEYS = frozenset(
    {"id", "thread_id", "run_id", "assistant_id", "message_id", "tool_call_id"}
)


class Binding:
    """Maps recorded ids to live ones and shifts timestamps by *shift_s* seconds.

    Attributes:
        live: The live ids by the recorded ones seen so far, in order of appearance.
    """

    __slots__ = ("_new_id", "_shift_s", "live")

    def __init__(
        self, live: dict[str, str], shift_s: int, new_id: Callable[[str], str]
    ) -> None:
        """Start with the pairs in *live*; *new_id* makes all other live ids."""
        self.live = live
        self._shift_s, self._new_id = shift_s, new_id

    def __call__(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 (JSON)
        """Return a copy of the JSON *value* of *key* with live ids and times."""
        if isinstance(value, dict):
            return {k: self(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self(item, key) for item in value]
        if isinstance(value, str) and key in _ID_KEYS:
            return self.id(value)
        if isinstance(value, int) and key.endswith("_at"):
            return self.time(value)
        return value

    def time(self, recorded_s: int) -> int:
        """Return the live time, in whole seconds, of a recorded one."""
        return recorded_s + self._shift_s

    def id(self, recorded: str) -> str:
        """Return the live id for *recorded*, or *recorded* if it is no such id."""
        if (known := self.live.get(recorded)) is not None:
            return known
        prefix, mark, _ = recorded.partition("_")
        if not mark or prefix not in _PREFIXES:
            return recorded
        made = self.live[recorded] = self._new_id(f"{prefix}_")
        return made
