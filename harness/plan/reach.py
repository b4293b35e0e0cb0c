"""Refuses a position that no recording of a scenario reaches, before it runs."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, get_args

from midstream.harness.errors import ScenarioError
from midstream.harness.plain_text import ordinal
from midstream.mock_server import Cassette, Position, UnknownNameError
from midstream.mock_server.core.roles import Role
from midstream.mock_server.dialects import DIALECTS
from midstream.mock_server.library import event_counts

_ROLES: Final = frozenset(get_args(Role))


def require_reached(
    position: Position | None, cassettes: Sequence[Cassette], place: str
) -> None:
    """Check that a stream of *cassettes* has the event at *position*.

    A server with state says more than its recordings do, such as that a run was
    cancelled, so of its own events only those are refused that are recorded too rarely.

    Raises:
        ScenarioError: None has it; the message begins with *place*, and says how many
            such events there are.
    """
    if position is None or position.event is None:
        return
    counts: Counter[str] = Counter()
    for cassette in cassettes:
        for stream in cassette.streams():
            counts |= event_counts(cassette, stream)
    event, there = position.event, counts[position.event]
    said = " or ".join(dict.fromkeys(cassette.name for cassette in cassettes))
    if 0 < there < position.nth:
        raise ScenarioError(
            f"{place}: the {ordinal(position.nth)} {event} of {said}: it has {there}"
        )
    says_more = any(DIALECTS[cassette.kind].keeps_state for cassette in cassettes)
    if not there and (event in _ROLES or not says_more):
        unknown = UnknownNameError(f"event of {said}", event, counts)
        raise ScenarioError(f"{place}.event: {unknown}")
