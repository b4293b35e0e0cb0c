"""Collections that fill themselves from the files of a package.

A thing's name is its file's name, written once: adding a thing is adding one
file. A module is imported on first look-up only, so that a missing optional
dependency hurts nobody else. Files whose name begins with ``_`` are shared code.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from .errors import MockServerError, UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """The things of one *kind* that live in one *package*, by file name."""

    def __init__(self, kind: str, package: str) -> None:
        """Name the *kind* for messages and the *package* to search."""
        self.kind, self._package = kind, package
        self._found: dict[str, T] = {}

    def register(self, thing: T) -> T:
        """Register a class or function under the name of the file that defines it.

        Usable as a decorator.

        Raises:
            MockServerError: The file has registered something already.
        """
        name = str(getattr(thing, "__module__", "")).rpartition(".")[2]
        if name in self._found:
            raise MockServerError(
                f"{self._package}.{name} registers two {self.kind}s; a file has one"
            )
        self._found[name] = thing
        return thing

    def names(self) -> list[str]:
        """Return all names, sorted, without importing anything but the package."""
        path = import_module(self._package).__path__
        return sorted(m.name for m in iter_modules(path) if not m.name.startswith("_"))

    def __getitem__(self, name: str) -> T:
        """Return the thing called *name*, importing its file if need be.

        Raises:
            UnknownNameError: Nothing has this name; the nearest is suggested.
        """
        if name not in self._found:
            if name not in self.names():
                raise UnknownNameError(self.kind, name, self.names())
            import_module(f"{self._package}.{name}")
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())
