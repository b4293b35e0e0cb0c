"""docs/clients.md still tells the truth, as far as a few of its cells can show."""

from pathlib import Path

import pytest

from midstream import scenarios
from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.reports.notes import Notes, parse
from midstream.harness.reports.words import cell
from tests.e2e.helpers_adapters import BROWSER, adapter, needs, params
from tests.e2e.helpers_runs import AGAIN, one

DOCS = Path(__file__).parents[2] / "docs"
TRIED = [
    ("reference", "connect/drop_before_headers_run"),
    ("openai_python", "connect/drop_before_headers_run"),
    ("openai_python_tuned", "connect/drop_before_headers_run"),
    ("openai_python", "protocol/early_end_mid_answer"),
    ("openai_python", "protocol/error_event_flat"),
    ("openai_python", "framing/retry_field"),
    ("openai_python_raw", "midstream/cut_after_run_completed"),
    ("openai_python_sync", "protocol/duplicate_delta"),
    ("openai_node", "protocol/early_end_inside_event"),
    ("openai_node_raw", "protocol/malformed_json_cut"),
    ("openai_node_tuned", "connect/drop_before_headers_run"),
    ("openai_node6", "protocol/dropped_run_completed"),
    ("openai_node6_raw", "midstream/reset_after_done"),
    ("httpx_sse", "protocol/error_event_bare"),
    ("httpx_sse", "framing/compressed_cut"),
    ("deep_chat", "connect/drop_before_headers_run"),
    ("deep_chat", "connect/stale_keep_alive"),
    ("deep_chat", "midstream/cut_between_messages"),
    ("deep_chat_legacy", "protocol/early_end_mid_answer"),
    ("naive", "protocol/early_end_mid_answer"),
]


def cells() -> dict[tuple[str, str], str]:
    """Return what the page's matrix says, by client and scenario."""
    page = (DOCS / "clients.md").read_text(encoding="utf-8")
    _, _, matrix = page.partition("## The matrix\n\n")
    lines = matrix.partition("\n\n")[0].splitlines()
    header, _, *rows = (line.strip("| ").split(" | ") for line in lines)
    return {
        (client, scenario): said
        for scenario, *told in rows
        for client, said in zip(header[1:], told, strict=True)
    }


def notes() -> Notes:
    """Return the notes that the page is made with."""
    path = DOCS / "clients-notes.toml"
    return parse(path.read_text(encoding="utf-8"), path.name)


@pytest.mark.toxiproxy
@pytest.mark.parametrize(
    ("name", "scenario"),
    [pytest.param(*tried, marks=needs(tried[0])) for tried in TRIED],
)
def test_a_cell_is_what_the_page_says(tmp_path: Path, name: str, scenario: str) -> None:
    """Run again, the client ends as the table says that it does."""
    wanted = cells()[name, scenario]
    outcome = one(adapter(name), scenario, tmp_path)
    # A page loses the tail of what it has no time to draw: docs/deep-chat.md.
    for _ in range(AGAIN if name in BROWSER else 0):
        if cell(outcome.judgement) != wanted:
            outcome = one(adapter(name), scenario, tmp_path)

    assert cell(outcome.judgement) == wanted, outcome.lines


def test_the_page_is_about_all_clients() -> None:
    """Nobody who is under test is left out of the table."""
    assert {client for client, _ in cells()} == set(CLIENTS)


@pytest.mark.process
@pytest.mark.parametrize("name", params(tuple(CLIENTS)))
def test_who_bounds_silence_does_not_hang_in_it(name: str) -> None:
    """What a client says of its timeouts is what the table shows."""
    bounds = "idle" in CLIENTS[name]().info().profile.timeouts
    assert ("HUNG" in cells()[name, "midstream/stall_mid_answer"]) is not bounds


def test_no_cell_is_without_a_verdict() -> None:
    """The page was made on a machine that was quick enough, of runs that prove."""
    unproven = ("! INVALID", "? INCONCLUSIVE")
    assert [at for at, said in cells().items() if said.startswith(unproven)] == []


def test_every_red_cell_has_a_word() -> None:
    """Whoever regenerates the page writes down what a new red cell means."""
    page = (DOCS / "clients.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("## Red cells without a word")
    assert rest == ""


@pytest.mark.parametrize("note", notes().note, ids=lambda note: str(note.title))
def test_the_smallest_scenario_shows_it(note: object) -> None:
    """A note's scenario is in the catalogue, and one of the cells it explains."""
    smallest, verdicts = getattr(note, "smallest", ""), getattr(note, "verdicts", ())
    assert smallest in scenarios.ids()
    said = {text for (_, where), text in cells().items() if where == smallest}
    red = tuple(f"✗ {Verdict(verdict)}" for verdict in verdicts)
    assert any(text.startswith(red) for text in said)
