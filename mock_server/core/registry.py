"""Collections that fill themselves from the files of a package.

A thing's name is written once: it is its file's name, or the name in its row of a
table of like things. Adding a thing is adding one file, or one row. The file of a
thing is imported on first look-up only, so that a missing optional dependency hurts
nobody else. A table is a file whose name ends with ``_rows``, or the module that holds
the registry. It is imported whenever all names are asked for, so it must import nothing
that is slow or optional. Files whose name begins with ``_`` are shared code.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from .errors import MockServerError, UnknownNameError

T = TypeVar("T")
_TABLE = "_rows"
"""How the name of a file ends that registers many things, each under its own name."""


def name_of(thing: object) -> str:
    """Return the name of the file that defines *thing*, a class or a function."""
    return str(getattr(thing, "__module__", "")).rpartition(".")[2]


class Registry(Generic[T]):
    """The things of one *kind* that live in one *package*, by name."""

    def __init__(self, kind: str, package: str) -> None:
        """Name the *kind* for messages and the *package*, or module, to search."""
        self.kind, self._package = kind, package
        self._found: dict[str, T] = {}

    def register(self, thing: T) -> T:
        """Register a class or function under the name of the file that defines it.

        Usable as a decorator.

        Raises:
            MockServerError: The file has registered something already.
        """
        name = name_of(thing)
        if name in self._found:
            raise MockServerError(
                f"{self._package}.{name} registers two {self.kind}s; a file has one"
            )
        self._found[name] = thing
        return thing

    def register_as(self, name: str, thing: T) -> None:
        """Register *thing* under the *name* that its row of a table gives it.

        Raises:
            MockServerError: Another row or a file has that name.
        """
        if name in self._found or name in self._files():
            raise MockServerError(
                f"{self._package}: two {self.kind}s are called {name}"
            )
        self._found[name] = thing

    def names(self) -> list[str]:
        """Return all names, sorted, importing only the package and its tables."""
        files = self._files()
        tables = {name for name in files if name.endswith(_TABLE)}
        for table in tables:
            import_module(f"{self._package}.{table}")
        return sorted((files - tables).union(self._found))

    def __getitem__(self, name: str) -> T:
        """Return the thing called *name*, importing its file if need be.

        Raises:
            UnknownNameError: Nothing has this name; the nearest is suggested.
        """
        if name not in self._found:
            if name not in self.names():
                raise UnknownNameError(self.kind, name, self.names())
            if name not in self._found:  # nor is it in a table, so it has a file
                import_module(f"{self._package}.{name}")
        return self._found[name]

    def _files(self) -> set[str]:
        """Return the names of the package's files; a module has none."""
        path = getattr(import_module(self._package), "__path__", ())
        return {m.name for m in iter_modules(path) if not m.name.startswith("_")}

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())
