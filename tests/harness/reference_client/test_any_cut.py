"""Wherever a stream is cut, and whatever gets lost: the text once, the run once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.reference_client.values import Bytes, StreamEnded, TimedOut
from tests.harness.reference_client.helpers_wire import (
    LOST,
    MESSAGE,
    REFUSED,
    SHORT,
    TEXT,
    TOKENS,
    Piece,
    run,
    status,
)
from tests.harness.reference_client.helpers_world import (
    After,
    Played,
    Reaction,
    World,
    play,
)

STREAM = b"".join(SHORT)
ENDS: list[Piece] = [StreamEnded("clean"), StreamEnded("torn"), TimedOut()]
FAILURES: list[Reaction] = [
    None,
    LOST,
    REFUSED,
    After(LOST),
    status(503),
    After(status(500)),
    status(429, retry_after="1"),
]
LOSSES = st.fixed_dictionaries(
    {
        what: st.lists(st.sampled_from(FAILURES), max_size=3)
        for what in ("add_message", "create_run", "list_runs", "poll", "list_messages")
    }
)


def is_exact(played: Played) -> bool:
    """Say whether the user saw the whole text, each token once, and nothing else."""
    shown = "".join(played.appended())
    counts = Counter(token for token in TOKENS for _ in range(shown.count(token)))
    is_whole = played.shown == {(MESSAGE, 0): TEXT} and not played.replaced()
    return is_whole and set(counts.values()) == {1}


@given(st.integers(0, len(STREAM)), st.integers(1, 400), st.sampled_from(ENDS))
def test_any_cut_is_made_good(cut: int, size: int, end: Piece) -> None:
    """Cut at any byte, in pieces of any size, in any manner: exact, and one run."""
    sent = STREAM[:cut]
    stream = [Bytes(sent[i : i + size]) for i in range(0, cut, size)]
    world = World(streams=[[*stream, end]], runs=[run("in_progress"), run("completed")])
    played = play(world)
    assert is_exact(played)
    assert played.claims == ["complete"]
    assert world.commits["create_run"] == world.commits["add_message"] == 1


@given(st.integers(0, len(STREAM)), LOSSES, st.integers(0, 999))
def test_any_loss_besides_is_survived(
    cut: int, losses: dict[str, list[Reaction]], seed: int
) -> None:
    """Whatever else gets lost on the way: never twice, and exact or honest."""
    world = World(streams=[[Bytes(STREAM[:cut])], [Bytes(STREAM)]], react=losses)
    played = play(world, seed=seed)
    assert world.commits["create_run"] <= 1
    assert world.commits["add_message"] <= 1
    assert played.claims == ["complete"] or played.notices
    assert is_exact(played) or played.claims != ["complete"]


@given(st.lists(st.sampled_from(SHORT), max_size=12))
def test_any_events_in_any_order_end_in_the_truth(events: list[bytes]) -> None:
    """Lost, repeated and shuffled events: in the end the server's text stands."""
    played = play(World(streams=[[Bytes(event) for event in events]]))
    assert played.claims == ["complete"]
    assert played.text == TEXT
    assert played.world.commits["create_run"] == 1


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_survived(noise: bytes) -> None:
    """Noise in the stream shows nothing and breaks nothing."""
    played = play(World(streams=[[Bytes(noise)]]))
    assert played.claims == ["complete"]
    assert is_exact(played)
