"""One class name has one meaning in the whole tree."""

import ast
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("harness", "mock_server", "scenarios")
MANY = 300
"""Fewer classes than there are; a search that finds fewer has looked elsewhere."""


def homes(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the places of each public class, "file:line", by its name.

    Classes inside other classes and functions count as well.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(f"{name}:{node.lineno}")
    return found


def repeated(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the public class names that are defined more than once."""
    return {name: at for name, at in found.items() if len(at) > 1}


def packages() -> dict[str, str]:
    """Return the source of every module of our three packages, by its path."""
    paths = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths
    }


def test_no_public_class_name_is_defined_twice() -> None:
    """A name that a reader has met means the same class everywhere."""
    found = homes(packages())
    assert len(found) > MANY
    assert repeated(found) == {}


def test_a_name_that_is_defined_twice_is_found() -> None:
    """In two files, in one file, and inside a function; with every place."""
    sources = {
        "a.py": "class Twice: ...\nclass Once: ...",
        "b.py": "def f():\n    class Twice: ...",
        "c.py": "class Here: ...\nclass Here: ...",
    }
    assert repeated(homes(sources)) == {
        "Twice": ["a.py:1", "b.py:2"],
        "Here": ["c.py:1", "c.py:2"],
    }


def test_a_private_name_may_be_used_twice() -> None:
    """Nobody meets it outside its file."""
    sources = {"a.py": "class _Talk: ...", "b.py": "class _Talk: ..."}
    assert homes(sources) == {}
