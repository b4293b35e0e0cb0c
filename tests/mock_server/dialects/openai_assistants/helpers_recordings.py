"""Comparing objects with recorded ones: ids are named in order of appearance."""

from typing import Any

_PREFIXES = ("thread_", "run_", "msg_", "step_", "call_", "asst_")


class Renamer:
    """Renames ids in order of appearance and counts times from the first one."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._names: dict[str, str] = {}
        self._zero_s: int | None = None

    def __call__(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 (JSON)
        """Return *value*, which stood under *key*, renamed."""
        if isinstance(value, dict):
            return {k: self(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self(item, key) for item in value]
        if isinstance(value, str) and value.startswith(_PREFIXES):
            prefix = value.partition("_")[0]
            return self._names.setdefault(value, f"{prefix}_{len(self._names)}")
        if isinstance(value, int) and key.endswith("_at"):
            self._zero_s = value if self._zero_s is None else self._zero_s
            return value - self._zero_s
        return value
