import ast
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from midstream import harness, mock_server
from midstream.harness.programs import Program

pytestmark = pytest.mark.process

TABLE = "harness/programs.py"
PACKAGES = {"harness": harness, "mock_server": mock_server}
SHADOWS = ("random", "midstream")
"""Files in somebody's working directory that have the names of modules we need."""
_PATH = re.compile(r"\b(?:midstream\.)?((?:harness|mock_server|scenarios)(?:\.\w+)*)")


def module_paths(source: str) -> Iterator[str]:
    """Yield the modules of ours that the strings of *source* name by a dotted path.

    Docstrings are not meant: they are for people.
    """
    tree = ast.parse(source)
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    documents = {id(node.value) for node in statements}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in documents:
            continue
        for found in _PATH.finditer(node.value if isinstance(node.value, str) else ""):
            if "." in found[0] and _is_module(f"midstream.{found[1]}"):
                yield found[0]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def sources() -> dict[str, str]:
    """Return all sources of the two packages, by their place below them."""
    return {
        f"{name}/{path.relative_to(root)}": path.read_text(encoding="utf-8")
        for name, package in PACKAGES.items()
        for root in [Path(package.__path__[0])]
        for path in root.rglob("*.py")
    }


def test_no_string_names_a_module_but_in_the_table() -> None:
    """Who moves a module has one line to change besides imports."""
    found = {name: [*module_paths(text)] for name, text in sources().items()}
    assert {name for name, paths in found.items() if paths} == {TABLE}
    assert found[TABLE] == [program.value for program in Program]


@pytest.mark.parametrize(
    "source",
    [
        'argv = ["-m", "midstream.mock_server"]',
        'import_module("midstream.harness.runs.run")',
        'text = f"type: python -m midstream.harness.load {x}"',
        '"harness.errors".split()',
    ],
)
def test_a_path_in_a_string_is_found(source: str) -> None:
    """The search sees it in a list, a call, a longer text."""
    assert len(list(module_paths(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Run ``python -m midstream.mock_server``."""',
        "from midstream.harness import cli",
        'text = "midstream.run breaks the network"',
        'text = "harness/load/locustfile.py"',
        'text = "midstream.harness.no_such_module"',
    ],
)
def test_other_strings_are_let_be(source: str) -> None:
    """Docstrings, imports, public names, files, and what is no module are not meant."""
    assert list(module_paths(source)) == []


PROGRAMS = {
    Program.SERVER: ["--help"],
    Program.OUTAGES: [],
    Program.LOCUSTFILE_CHECK: ["no_such_file.py"],
    Program.LOCUST: ["--version"],
}


@pytest.mark.load
@pytest.mark.parametrize(("program", "words"), PROGRAMS.items(), ids=str)
def test_no_file_of_the_user_stands_in_for_a_module(
    program: Program, words: list[str], tmp_path: Path
) -> None:
    """Each program imports what it is meant to, whatever the working directory has."""
    said = run_beside_shadows(program.argv(*words), tmp_path)
    assert "theirs" not in said


@pytest.mark.load
def test_locust_loads_our_users_beside_files_of_such_names(tmp_path: Path) -> None:
    """Locust itself puts the working directory first; by then midstream is there."""
    users = Path(harness.__path__[0]) / "load" / "locustfile.py"
    said = run_beside_shadows(Program.LOCUST.argv("-f", str(users), "--list"), tmp_path)
    assert "ReferenceUser" in said


@pytest.mark.toxiproxy
def test_toxiproxy_starts_beside_files_of_such_names(tmp_path: Path) -> None:
    """It says where it is, and ends with its standard input."""
    assert '"address":"127.0.0.1:' in run_beside_shadows(
        Program.TOXIPROXY.argv(), tmp_path
    )


def run_beside_shadows(argv: tuple[str, ...], folder: Path) -> str:
    """Run *argv* in *folder*, where our names stand for others; return what it says."""
    for name in SHADOWS:
        (folder / f"{name}.py").write_text("raise SystemExit('theirs')\n")
    done = subprocess.run(  # noqa: S603 - ours
        argv,
        cwd=folder,
        check=False,
        input="",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout
