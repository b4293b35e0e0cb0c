"""CONTRIBUTING.md is right: its files, written into a copy, are found and pass."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.packaging.helpers_build import CHECKOUT, copy_checkout

pytestmark = pytest.mark.process

PAGE = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLAN = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITE = re.compile(r"(?:[Ww]rite\s+(?:its\s+test,\s+)?|[Aa]dd\s+to\s+)`(\S+)`")
ROW = re.compile(r"^\| ([^|]+) \| `([^`|]+)`[^|]* \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """How to add one kind of thing: *files* by path, and *commands* with output."""

    files: dict[str, str]
    commands: list[tuple[list[str], list[str]]]


def parsed(text: str) -> Section:
    """Read a section: a block belongs to the last path that is named before it."""
    files, commands, behind = {}, [], 0
    for block in BLOCK.finditer(text):
        kind, body = block.groups()
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                first, *output = part.splitlines()
                commands.append((shlex.split(first), output))
        else:
            files[WRITE.findall(text[behind : block.start()])[-1]] = body
        behind = block.end()
    return Section(files, commands)


KINDS = {
    part.partition("\n")[0].partition(" ")[2]: parsed(part)
    for part in PAGE.split("\n## What tests need")[0].split("\n### ")[1:]
}
FILES = {p: body for kind in KINDS.values() for p, body in kind.files.items()}
TABLES = set(re.findall(r"[Aa]dd\s+to\s+`(\S+)`:", PAGE))
"""The files of the page that are there: the page adds rows to them."""
ALL = [(name, *command) for name, kind in KINDS.items() for command in kind.commands]
TESTS = [words[1:] for _, words, _ in ALL if words[0] == "pytest"]
SHOWN = [found for found in ALL if found[2]]
MAKING = [found[1:] for found in ALL if not found[2] and found[1][0] == "python"]
"""Commands of which the page shows no output: they make files, so they go first."""


def _label(found: tuple[str, list[str], list[str]]) -> str:
    return f"{found[0]}: {found[1][-1]}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout with all files of the page written into it."""
    root = copy_checkout(tmp_path_factory.mktemp("checkout"))
    for path, body in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if path in TABLES else "x"  # nothing is replaced
        with (root / path).open(mode, encoding="utf-8") as file:
            file.write(body)
    for words, _ in MAKING:
        assert run(root, *words[1:]).stderr == ""
    return root


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python's in the copy, whose own packages come first."""
    python = [sys.executable, *words]
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    return subprocess.run(  # noqa: S603 - the page's own words
        python, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_each_kind_of_the_plan_has_a_section() -> None:
    """Each row of ARCHITECTURE.md's table is shown, at the path that it names."""
    rows = ROW.findall(PLAN.split("\n## To add X, write file Y\n")[1])
    assert len(rows) == len(KINDS)
    for name, pattern in rows:
        paths = re.sub("<[^>]+>", "*", pattern)
        written = next(k.files for title, k in KINDS.items() if title.endswith(name))
        assert any(fnmatchcase(path, paths) for path in written), name


def test_every_section_shows_how_its_thing_is_found() -> None:
    """No section is without a file and a command, and no file is written twice."""
    assert all(kind.files and kind.commands for kind in KINDS.values())
    assert len(FILES) == sum(len(kind.files) for kind in KINDS.values())


@pytest.mark.parametrize(("name", "words", "output"), SHOWN, ids=[*map(_label, SHOWN)])
def test_a_thing_is_found(
    copy: Path, name: str, words: list[str], output: list[str]
) -> None:
    """The command of a section prints the lines that the page shows."""
    module = ["-m", *words] if words[0] == "midstream" else words[1:]
    done = run(copy, *module)
    assert done.stderr == "", name
    assert [line for line in output if line not in done.stdout.splitlines()] == []


def test_the_tests_of_the_page_pass(copy: Path) -> None:
    """Each test that a section names passes, and there is one for each command."""
    paths = [words[0] for words in TESTS]
    names = [words[2] if len(words) == 3 else Path(words[0]).stem for words in TESTS]
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-k", " or ".join(names)]
    done = run(copy, "-m", "pytest", *options, *paths)
    assert done.returncode == 0, done.stdout
    passed = [line for line in done.stdout.splitlines() if line.startswith("PASSED")]
    assert [name for name in names if not any(name in line for line in passed)] == []


def test_the_files_of_the_page_are_in_form(copy: Path) -> None:
    """Ruff, with all its rules, finds nothing in what the page shows."""
    python = [path for path in FILES if path.endswith(".py")]
    for words in (["check"], ["format", "--check"]):
        done = run(copy, "-m", "ruff", *words, "--no-cache", *python)
        assert done.returncode == 0, done.stdout
