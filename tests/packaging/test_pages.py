"""The pages of the documentation hold together: links, index, plan, form."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.packaging.helpers_build import CHECKOUT, PACKAGES

pytestmark = pytest.mark.process

DOCS = CHECKOUT / "docs"
PAGES = sorted([*CHECKOUT.glob("*.md"), *DOCS.glob("**/*.md")])
NAMES = [str(page.relative_to(CHECKOUT)) for page in PAGES]
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=NAMES)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
WIDTH = 125
ROOTS = (*PACKAGES, "src", "tests", "benchmarks", "docs")
THEIRS = {"tests/harness.py", "tests/SessionRecords/AssistantsTests"}
GENERATED = {"docs/clients.md"}
PLAN = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Return the text of *page* without its fenced blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the heading of each link that leads to a file of ours."""
    for target in LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, heading = target.partition("#")
            yield unquote(path), heading


def anchors(page: Path) -> set[str]:
    """Return the headings of *page* as links spell them."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.replace(" ", "-") for head in plain}


@EACH_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link names a file that is there, and a heading in it."""
    for path, heading in links(page):
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not heading or heading in anchors(target), heading


def test_links_are_seen() -> None:
    """The search finds links to pages, and links to headings."""
    found = [link for page in PAGES for link in links(page)]
    assert len(found) > 50
    assert any(heading for _, heading in found)


def test_the_index_names_every_page() -> None:
    """docs/README.md has one line for each page and each folder of docs, no other."""
    index = DOCS / "README.md"
    listed = [path for path, _ in links(index) if not path.startswith("..")]
    pages = {str(page.relative_to(DOCS)) for page in DOCS.glob("*.md")} - {index.name}
    research = {str(page.relative_to(DOCS)) for page in DOCS.glob("research/*.md")}
    assert sorted(listed) == sorted({*pages, *research, "adr/", "examples/"})


@EACH_PAGE
def test_lines_can_be_read(page: Path) -> None:
    """A line of prose is not too wide; tables, blocks and generated pages may be."""
    if str(page.relative_to(CHECKOUT)) in GENERATED:
        return
    long = [line for line in prose(page).splitlines() if len(line) > WIDTH]
    assert [line for line in long if not line.startswith(("|", "    "))] == []


@pytest.mark.parametrize("root", ["harness", "harness/load", "mock_server"])
def test_the_plan_names_every_folder(root: str) -> None:
    """ARCHITECTURE.md's tree has each folder of code, and no other."""
    tree = PLAN.split("\n## The folders\n")[1].split("\n## ")[0]
    lines = re.findall(r"^ {4,}\S.*$", tree, re.MULTILINE)
    named = {name for line in lines for name in re.findall(r"\b(\w+)/", line)}
    there = {p.parent.name for p in (CHECKOUT / root).glob("*/__init__.py")}
    assert there <= named


def test_the_plan_names_what_there_is() -> None:
    """Each class that ARCHITECTURE.md names is a class in the code."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*.py")
    )
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", PLAN))
    aliases = {"Op"}
    classes = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
    assert len(named) > 10
    assert named - classes - aliases == set()


@EACH_PAGE
def test_the_files_it_names_are_there(page: Path) -> None:
    """A path of ours in backquotes is that of a file or folder, if it is no pattern."""
    if page.name == "CONTRIBUTING.md":  # names files that are yet to be written
        return
    named = re.findall(rf"`((?:{'|'.join(ROOTS)})/[\w./-]+)`", prose(page))
    ours = [path for path in named if path not in THEIRS]
    assert [path for path in ours if not (CHECKOUT / path).exists()] == []
