"""Imports by the bare names work in the checkout's root and nowhere else.

There they would make a second copy of each module. Ruff's TID251 cannot ban them: it
resolves relative imports by their real path and would flag those as well.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.packaging.helpers_build import CHECKOUT, PACKAGES, tracked

pytestmark = pytest.mark.process

FOLDERS = (*PACKAGES, "src", "tests", "benchmarks", "docs/examples")


def bare_imports(source: str) -> Iterator[str]:
    """Yield the absolute imports in *source* that name a package of ours bare."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        yield from (name for name in names if name.partition(".")[0] in PACKAGES)


def test_no_module_imports_a_package_by_its_bare_name() -> None:
    """Every absolute import of ours begins with `midstream`, wherever it stands."""
    modules = [name for name in tracked(*FOLDERS) if name.endswith(".py")]
    assert len(modules) > 500
    found = {
        name: names
        for name in modules
        if (names := list(bare_imports((CHECKOUT / name).read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import harness",
        "import json, mock_server.sse as sse",
        "from scenarios import load",
        "from harness.ops import Append",
        "def late() -> None:\n    from harness import cli",
        "if TYPE_CHECKING:\n    import scenarios.schema",
    ],
)
def test_a_bare_import_is_found(source: str) -> None:
    """The search sees each way of writing an import, also inside a function."""
    assert len(list(bare_imports(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from midstream.harness import cli",
        "from . import harness",
        "from .scenarios import load",
        "import harness_of_others",
        "'import harness'",
    ],
)
def test_other_imports_are_let_be(source: str) -> None:
    """Imports of `midstream`, of siblings and of alike names are not meant."""
    assert list(bare_imports(source)) == []
