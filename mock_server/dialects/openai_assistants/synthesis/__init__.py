"""Makes cassettes from plain text, where no recording exists or may be copied.

A source (`sources/*.toml`) holds the text of a conversation; this package adds what
a provider adds: ids, times, usage, the order of events. It draws them from the
source's seed, so that running the package always writes the same bytes. Each token of
a text occurs only once in it, which lets the oracle tell loss from reordering.

The server does not use this package: it reads the cassettes that the package wrote.
"""

from .build import SOURCES, build, build_all

__all__ = ["SOURCES", "build", "build_all"]
