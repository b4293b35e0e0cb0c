"""Citations lead somewhere: fault ids and headings, to the pages in docs/research."""

import re
from pathlib import Path

import pytest

from midstream import scenarios

ROOT = Path(__file__).parents[2]
RESEARCH = ROOT / "docs" / "research"
FAULTS_PAGE = (RESEARCH / "faults.md").read_text(encoding="utf-8")
WIRE_PAGE = (RESEARCH / "wire.md").read_text(encoding="utf-8")
SOURCES = {name: scenarios.load(name).sources for name in scenarios.ids()}
MODULES = sorted((ROOT / "mock_server" / "core" / "faults").glob("*.py"))

ID = r"(?:CON|HTT|TRN|FRM|SEM|RUN|TOL|RTY|PRX|CLI)-\d{2}"
CITED_IDS = re.compile(rf"docs/research/faults\.md ({ID}(?:, {ID})*)")
HEADINGS = tuple(re.findall(r"^## (.+)$", WIRE_PAGE, re.MULTILINE))


def cited_ids(text: str) -> list[str]:
    """Return the fault ids that *text* cites, in order."""
    return [i for group in CITED_IDS.findall(text) for i in group.split(", ")]


def listed() -> dict[str, set[str]]:
    """Return each fault's id on the page, and the scenarios in its last column."""
    rows = re.findall(rf"^\| ({ID}) \|.*\| ([^|]+) \|$", FAULTS_PAGE, re.MULTILINE)
    return {i: set(re.findall(r"`([^`]+)`", cell)) for i, cell in rows}


def covering() -> dict[str, set[str]]:
    """Return the scenarios whose sources cite each id on the page."""
    found: dict[str, set[str]] = {i: set() for i in listed()}
    for name, sources in SOURCES.items():
        for source in sources:
            for i in cited_ids(source):
                found[i].add(name)
    return found


def prose(path: Path) -> str:
    """Return a file's text on one line, so that a citation is never broken."""
    return " ".join(path.read_text(encoding="utf-8").split())


def test_each_fault_has_one_row() -> None:
    """No id is listed twice, and each row begins with an id, S1 to S4."""
    rows = re.findall(r"^\| (\w+-\w+) \| (\S+) \|", FAULTS_PAGE, re.MULTILINE)
    assert len({i for i, _ in rows}) == len(rows) == len(listed())
    assert {severity for _, severity in rows} == {"S1", "S2", "S3", "S4"}


@pytest.mark.parametrize("name", SOURCES)
def test_the_ids_a_scenario_cites_are_listed(name: str) -> None:
    """Every fault that a scenario names can be looked up."""
    assert {i for source in SOURCES[name] for i in cited_ids(source)} <= set(listed())


def test_the_column_of_scenarios_is_true() -> None:
    """A fault's row names exactly the scenarios whose sources cite it."""
    told, true = listed(), covering()
    assert {i: sorted(told[i]) for i in told if told[i] != true[i]} == {
        i: sorted(true[i]) for i in told if told[i] != true[i]
    }


def test_no_id_is_written_where_it_is_not_looked_for() -> None:
    """In sources an id stands behind the page's name, and nowhere else."""
    for name, sources in SOURCES.items():
        for source in sources:
            assert re.findall(rf"\b{ID}\b", source) == cited_ids(source), name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_ids_a_server_fault_cites_are_listed(path: Path) -> None:
    """Every id in a server fault's module is cited in full, and can be looked up."""
    text = prose(path)
    assert re.findall(rf"\b{ID}\b", text) == cited_ids(text)
    assert set(cited_ids(text)) <= set(listed())


def test_the_headings_that_are_cited_exist() -> None:
    """What is cited of docs/research/wire.md begins with one of its headings."""
    code = [
        p for part in ("harness", "mock_server") for p in (ROOT / part).rglob("*.py")
    ]
    texts = [*(s for sources in SOURCES.values() for s in sources), *map(prose, code)]
    cited = [c for text in texts for c in text.split("docs/research/wire.md, ")[1:]]
    assert cited
    assert [c[:60] for c in cited if not c.startswith(HEADINGS)] == []
