"""The message for a pattern that names no scenario: what its reader may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches

from midstream.mock_server import UnknownNameError

_SHOWN = 12
_CLOSE = 0.85
"""How alike two names must be for one to be a slip of the other; 1 is the same."""
_TELLING = 3
"""How many characters a part of an id must have to be looked for in all ids."""


class UnknownScenarioError(UnknownNameError):
    """A pattern matches no scenario; the message lists the nearest ids.

    It is also raised for a folder, whose files have to be named one by one.
    """

    def __init__(
        self, pattern: str, known: Sequence[str], *, is_folder: bool = False
    ) -> None:
        super().__init__("scenario", pattern, known)
        self._is_folder = is_folder

    def __str__(self) -> str:
        """Say what is unknown and what would be right."""
        return f"no scenario is called {self.name!r}; {self._hint()}"

    def _hint(self) -> str:
        family = self.name.strip("/*")
        in_family = [name for name in self.known if name.startswith(f"{family}/")]
        if in_family:
            count = len(in_family)
            return f"did you mean '{family}/*'? {count} scenarios have such an id"
        if self._is_folder:
            files = f"{self.name.rstrip('/')}/*.toml"
            return f"it is a folder: name the .toml files in it, as in {files}"
        near = _nearest(self.name, self.known)
        if near:
            return f"did you mean {_listed(near)}?"
        return f"'midstream list' shows all {len(self.known)}"


def _nearest(pattern: str, known: Sequence[str]) -> list[str]:
    """Return the ids that *pattern* may stand for, the nearest first.

    The ids that begin as *pattern* does come first, then those that differ by a slip
    of the finger, then those that have its last part in them. If there are none of
    these, the ids that are at least somewhat alike are returned, or a family.
    """
    folder, _, last = (part.strip("*?") for part in pattern.rpartition("/"))
    near = [
        *(name for name in known if name.startswith(pattern)),
        *get_close_matches(pattern, known, n=3, cutoff=_CLOSE),
        *(name for name in known if len(last) >= _TELLING and last in name),
    ]
    families = {name.partition("/")[0] for name in known}
    alike = get_close_matches(pattern, known, n=3) or [
        f"{family}/*" for family in get_close_matches(folder, families, n=1)
    ]
    return list(dict.fromkeys(near)) or alike


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    rest = f" or one of {more} more" if more > 0 else ""
    return ", ".join(map(repr, names[:_SHOWN])) + rest
