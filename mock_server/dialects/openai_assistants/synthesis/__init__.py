"""Cassettes out of plain text: what nobody recorded, or nobody may copy.

A source (`sources/*.toml`) says what is said; this package adds what a provider
adds: ids, times, usage, the order of events. It is drawn from the source's seed, so
that running the package always writes the same bytes. Each token of a text occurs
only once in it, which lets the oracle tell loss from reordering.

The server does not need this package: it reads what it has written.
"""

from .build import SOURCES, build, build_all

__all__ = ["SOURCES", "build", "build_all"]
