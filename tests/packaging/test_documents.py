"""What docs and examples show of Python is what the public names give."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

import midstream
from tests.packaging.helpers_build import CHECKOUT, PACKAGES

pytestmark = pytest.mark.process

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
OURS = "CONTRIBUTING.md"  # shows how to write a part of midstream, not a user of it
PAGES = [
    page
    for page in sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
    if page.name != OURS
]
EXAMPLES = sorted(CHECKOUT.glob("docs/examples/*.py"))
BLOCKS = {
    f"{page.name} {number}": block
    for page in PAGES
    for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
}
SOURCES = BLOCKS | {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES}


def private(source: str) -> Iterator[str]:
    """Yield what *source* uses of ours that is not a public name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                used = [alias.name for alias in names]
                yield from (u for u in used if _is_ours(u) and u != "midstream")
            case ast.ImportFrom(module="midstream", names=names):
                used = [alias.name for alias in names]
                yield from (u for u in used if u not in midstream.__all__)
            case ast.ImportFrom(module=str(module)) if _is_ours(module):
                yield module
            case ast.Attribute(value=ast.Name(id="midstream"), attr=name):
                yield from () if name in midstream.__all__ else (name,)
            case _:
                pass


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"midstream", *PACKAGES}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_only_public_names_are_shown(source: str) -> None:
    """No example needs a module below `midstream`."""
    assert list(private(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import midstream.harness.record.ops",
        "from midstream.harness.record.ops import Append",
        "from midstream import harness",
        "import midstream\nmidstream.harness",
        "from harness import cli",
    ],
)
def test_a_private_name_is_found(source: str) -> None:
    """The search sees each way to get at what is private."""
    assert len(list(private(source))) == 1


def test_examples_are_looked_at() -> None:
    """There are blocks on several pages, and example files."""
    assert {name.split()[0] for name in BLOCKS} >= {"python.md", "reference-client.md"}
    assert "my_locustfile.py" in SOURCES


def test_the_page_names_what_there_is() -> None:
    """docs/python.md lists each public name, and no other."""
    page = (CHECKOUT / "docs/python.md").read_text(encoding="utf-8")
    table = "".join(line for line in page.splitlines() if line.startswith("| "))
    named = re.findall(r"`(\w+)`", table)
    assert sorted(named) == sorted({*midstream.__all__} - {"__version__"})


def test_the_fake_server_of_the_page_works() -> None:
    """The first block of docs/python.md prints a whole answer in spite of the fault."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", BLOCKS["python.md 1"]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("\n[complete]\n")
    assert len(done.stdout) > 50
