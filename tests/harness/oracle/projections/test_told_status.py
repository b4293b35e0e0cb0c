"""Where nothing can be read back, a status is known once its event has arrived."""

import pytest

from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import Knowledge, RunStatus
from tests.harness.helpers_history import Item, feed
from tests.harness.helpers_wire import crossed, sent

STATELESS = Knowledge(dialect="d", tells_text=True, keeps_state=False)
STATEFUL = Knowledge(dialect="d", tells_text=True, keeps_state=True)
OVER = RunStatus(run="r", thread="", status="completed")
END = sent(3, 100, 150, role="terminal")
CASES: dict[str, tuple[list[Item], str | None]] = {
    "it arrived": ([STATELESS, OVER, END, crossed("down", 150)], "completed"),
    "in pieces": (
        [
            STATELESS,
            OVER,
            sent(3, 100, 120, role="terminal", is_last=False),
            crossed("down", 120),
            sent(3, 120, 150, role="terminal"),
            crossed("down", 150, 30),
        ],
        "completed",
    ),
    "a last event that has no other role": (
        [STATELESS, OVER, sent(3, 100, 150, is_final=True), crossed("down", 150)],
        "completed",
    ),
    "not sent": ([STATELESS, OVER], None),
    "sent, but it did not arrive": (
        [STATELESS, OVER, END, crossed("down", 149)],
        None,
    ),
    "altered by a fault": (
        [
            STATELESS,
            OVER,
            sent(3, 100, 150, role="terminal", is_verbatim=False),
            crossed("down", 150),
        ],
        None,
    ),
    "in other bytes that say the same": (
        [
            STATELESS,
            OVER,
            sent(3, 100, 130, role="terminal", is_verbatim=False, says_truth=True),
            crossed("down", 130),
        ],
        "completed",
    ),
    "a server that can be asked": ([STATEFUL, OVER], "completed"),
}


@pytest.mark.parametrize(("items", "status"), CASES.values(), ids=CASES)
def test_a_status_is_known_once_it_is_told(
    items: list[Item], status: str | None
) -> None:
    """A client that was not told cannot be blamed for what it does not know."""
    dispatcher, projections = Dispatcher(), Projections()
    projections.join(dispatcher)
    feed(dispatcher, *items)
    assert projections.truth.status.get("r") == status
