"""The Node SDK gets the verdicts that were measured by hand: docs/research/wire.md.

Versions 7 and 6 differ, and so do helper and raw stream. The versions are pinned, so
what a cell says is true on any machine.
"""

from pathlib import Path

import pytest

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.verdict import Verdict
from tests.e2e.helpers_runs import campaign
from tests.harness.runtimes.node.helpers_node import needs_packages

pytestmark = [pytest.mark.toxiproxy, needs_packages]

COLUMNS = ("openai_node", "openai_node_raw", "openai_node6", "openai_node6_raw")

FINE = Verdict.UNAFFECTED
TOLD = Verdict.DEGRADED_HONESTLY
SILENT = Verdict.SILENT_TRUNCATION
HUNG = Verdict.HUNG
CRASHED = Verdict.CRASHED
EARLY = Verdict.BACKOFF_VIOLATION
MIXED = Verdict.CORRUPTED

SAME = {
    "baseline/short_answer": FINE,
    "baseline/function_tool": FINE,
    "framing/retry_field": FINE,
    "connect/drop_before_headers_run": Verdict.DUPLICATE_EFFECT,
    "midstream/cut_at_middle": TOLD,
    "midstream/cut_after_run_completed": Verdict.FALSE_FAILURE,
    "midstream/stall_mid_answer": HUNG,
    "protocol/duplicate_delta": Verdict.DUPLICATED,
}
DIFFERENT = {
    "limits/retry_after_an_hour": (EARLY, EARLY, HUNG, HUNG),
    "protocol/early_end_mid_answer": (TOLD, SILENT, TOLD, SILENT),
    "protocol/early_end_inside_event": (TOLD, CRASHED, TOLD, SILENT),
    "protocol/error_event_flat": (TOLD, TOLD, TOLD, SILENT),
    "protocol/foreign_event": (TOLD, MIXED, MIXED, MIXED),
    "protocol/hold_open_after_done": (FINE, FINE, HUNG, HUNG),
    "protocol/malformed_json_cut": (TOLD, CRASHED, TOLD, CRASHED),
}
TABLE = {**{name: (verdict,) * 4 for name, verdict in SAME.items()}, **DIFFERENT}


@pytest.mark.parametrize("column", range(4), ids=COLUMNS)
def test_the_sdk_gets_the_verdicts_that_were_measured(
    tmp_path: Path, column: int
) -> None:
    """Each scenario's headline is the one that its ending has in the tables."""
    client = CLIENTS[COLUMNS[column]]()

    hangs = [name for name, cells in TABLE.items() if cells[column] is HUNG]
    done = campaign([client], list(TABLE), tmp_path, hangs=hangs)

    (outcomes,) = done.by_client.values()
    judged = {o.judgement.scenario: o.judgement.verdict for o in outcomes}
    assert judged == {name: cells[column] for name, cells in TABLE.items()}
