"""Live ids and times in the place of a cassette's.

Ids are replaced where ids stand, never inside a text. One binding serves all acts of
a run, so that what belongs together stays together.
"""

from collections.abc import Callable
from typing import Any

_PREFIXES = frozenset({"thread", "run", "msg", "step", "call", "asst"})
_ID_KEYS = frozenset(
    {"id", "thread_id", "run_id", "assistant_id", "message_id", "tool_call_id"}
)


class Binding:
    """Maps recorded ids to live ones and shifts timestamps by *shift_s* seconds."""

    def __init__(
        self, known: dict[str, str], shift_s: int, new_id: Callable[[str], str]
    ) -> None:
        """Begin with *known* pairs; others are drawn from *new_id* as they appear.

        *live* is what each recorded id has become so far, in order of appearance.
        """
        self.live = dict(known)
        self._shift_s, self._new_id = shift_s, new_id

    def __call__(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 (JSON)
        """Return a copy of the JSON *value*, which stood under *key*, rebound."""
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
        """Return the live id of *recorded*; what is no id of ours stays as it is."""
        prefix, mark, _ = recorded.partition("_")
        if not mark or prefix not in _PREFIXES:
            return recorded
        if recorded not in self.live:
            self.live[recorded] = self._new_id(f"{prefix}_")
        return self.live[recorded]
