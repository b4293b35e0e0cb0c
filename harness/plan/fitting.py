"""Refuses a fault that cannot act on the recordings of a scenario, before it runs."""

from collections.abc import Sequence

from midstream.harness.errors import ScenarioError
from midstream.harness.path.planned_fault import PlannedFault
from midstream.mock_server import Cassette
from midstream.mock_server.core.errors import SettingsError
from midstream.mock_server.core.faults import fitted
from midstream.mock_server.library import shapes_of


def require_fitting(
    fault: PlannedFault, cassettes: Sequence[Cassette], place: str
) -> None:
    """Check that *fault* can act, and can say what it has to in their dialect.

    Raises:
        ScenarioError: It cannot; the message begins with *place*.
    """
    if fault.server is None or fault.position is None:
        return
    try:
        fitted(
            fault.server, shapes_of(cassettes), is_at_head=fault.position.event is None
        )
    except SettingsError as error:
        raise ScenarioError(f"{place}: {error}") from error
