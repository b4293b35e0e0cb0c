"""Edge: checks a user's own locustfile before Locust runs it.

Prints in one line what is wrong with the file, and exits with 2. It is a program of
its own because importing Locust patches the whole process.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from traceback import extract_tb
from typing import Final

from midstream.harness.record.case import ClientInfo

_USAGE_ERROR: Final = 2
_SEE: Final = "see docs/load.md, Your own client"


def mistake_in(path: Path) -> str:
    """Return what is wrong with the users in the file *path*; empty if nothing is."""
    import locust  # noqa: F401, PLC0415 - first, and only here: it patches everything
    from locust.util.load_locustfile import load_locustfile  # noqa: PLC0415 - the same

    try:
        users, _ = load_locustfile(str(path))
    except SyntaxError as error:
        return f"{error.filename}:{error.lineno}: {error.msg}"
    except Exception as error:  # noqa: BLE001  # whatever the user's code raises
        return f"{_place(path, error)}: {type(error).__name__}: {error}"
    if not users:
        return f"{path}: it defines no class of users; {_SEE}"
    wrong = next(filter(None, map(mistake_of, users.values())), "")
    return wrong and f"{path}: {wrong}; {_SEE}"


def mistake_of(kind: type) -> str:
    """Return what *kind* lacks as a class of users; empty if nothing."""
    name = kind.__name__
    if not hasattr(kind, "converse"):
        return f"{name} is not a subclass of midstream.StreamingUser"
    if not isinstance(getattr(kind, "client_info", None), ClientInfo):
        return f"{name} does not name the client it tests: it has no client_info"
    if vars(_home(kind.__mro__)).get("abstract"):
        return f"{name} has no method converse"
    return ""


def _home(kinds: Iterable[type]) -> type:
    """Return the class that defines ``converse``."""
    return next(kind for kind in kinds if "converse" in vars(kind))


def _place(path: Path, error: Exception) -> str:
    """Return the last line of the file that *error* passed through."""
    lines = [
        frame.lineno
        for frame in extract_tb(error.__traceback__)
        if Path(frame.filename).resolve() == path.resolve()
    ]
    return f"{path}:{lines[-1]}" if lines else str(path)


if __name__ == "__main__":
    found = mistake_in(Path(sys.argv[1]))
    sys.stderr.write(f"{found}\n" if found else "")
    sys.exit(_USAGE_ERROR if found else 0)
