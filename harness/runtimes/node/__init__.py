"""Node.js and the npm packages that our clients wrap: finds both, installs packages.

Our own programs are in ``programs/``: each wraps one package and speaks the protocol
of client programs, JSON Lines. `runtimes.programs` starts them.
"""

from pathlib import Path

from .find import VARIABLE, Node, find, find_or_explain
from .packages import install, installed, names

__all__ = [
    "PROGRAMS",
    "VARIABLE",
    "Node",
    "find",
    "find_or_explain",
    "install",
    "installed",
    "names",
]

PROGRAMS = Path(__file__).parent / "programs"
"""The folder of our programs."""
