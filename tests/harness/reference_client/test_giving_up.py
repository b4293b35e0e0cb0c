"""What the user is told when there is no whole answer."""

import pytest

from midstream.harness.record.ops import Notice, Settle
from midstream.harness.reference_client.values import StreamEnded
from tests.harness.reference_client.helpers_wire import (
    LOST,
    SHORT,
    TEXT,
    TOKENS,
    frame,
    message,
    pieces,
    run,
    status,
)
from tests.harness.reference_client.helpers_world import (
    LIMITS,
    Played,
    Reaction,
    World,
    play,
)

TORN = StreamEnded("torn")
PARTIAL = "".join(TOKENS[:2])
FOREVER = run("in_progress")
CANNOT = "Cannot cancel run with status 'completed'."

ENDS = {
    "failed": ("failed", {"last_error": {"code": "server_error", "message": "why"}}),
    "incomplete": ("incomplete", {"incomplete_details": {"reason": "why"}}),
    "expired": ("failed", {}),
    "cancelled": ("cancelled", {}),
}


def ended(how: str, *, is_streamed: bool) -> Played:
    """Play a run that ends as *how* behind two deltas."""
    last = run(how, **ENDS[how][1])
    events = [
        *SHORT[:4],
        frame("thread.message.incomplete", message(PARTIAL)),
        frame(f"thread.run.{how}", last),
    ]
    stream = pieces(events) if is_streamed else pieces(events[:3], TORN)
    return play(World(streams=[stream], runs=[last], truth=[message(PARTIAL)]))


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "read"])
def test_says_how_a_run_has_ended(how: str, is_streamed: bool) -> None:
    """SEM-07, SEM-08, RUN-05, RUN-06, RTY-06: partial text stays, the claim is true."""
    played = ended(how, is_streamed=is_streamed)
    claim, details = ENDS[how]
    assert played.claims == [claim]
    assert played.text == PARTIAL
    assert how in played.notices
    assert not details or "why" in played.notices
    assert "create_run" not in played.whats[2:]


def test_a_message_that_a_failed_run_dropped_stays() -> None:
    """What was shown of a failed run is kept, though the server lists nothing."""
    stream = pieces(SHORT[:4], TORN)
    played = play(World(streams=[stream], runs=[run("failed")], truth=[]))
    assert played.text == PARTIAL
    assert played.claims == ["failed"]


def test_gives_up_in_time_and_cancels() -> None:
    """RUN-15: a run that never ends is cancelled, and the user is told."""
    world = World(streams=[pieces(SHORT[:4], TORN)], runs=[FOREVER])
    played = play(world)
    assert world.commits["cancel"] == 1
    assert world.now_s <= LIMITS.total_s
    assert (played.text, played.claims) == (PARTIAL, ["failed"])
    assert "has been cancelled" in played.notices


def test_tells_that_the_run_may_go_on() -> None:
    """RUN-15: if cancelling gets no answer, the user knows that, too."""
    react: dict[str, list[Reaction]] = {"cancel": [LOST]}
    played = play(World(streams=[[]], runs=[FOREVER], react=react))
    assert "may still be running" in played.notices
    assert played.claims == ["failed"]


def test_a_last_look_may_find_the_answer() -> None:
    """If cancelling fails because the run has completed, the list tells the rest."""
    react: dict[str, list[Reaction]] = {
        "poll": [status(500)] * 99,
        "cancel": [status(400, CANNOT)],
    }
    played = play(World(streams=[pieces(SHORT[:4], TORN)], react=react))
    assert (played.text, played.claims) == (TEXT, ["complete"])
    assert not played.notices
    assert played.whats[-3:] == ["cancel", "list_runs", "list_messages"]


def test_does_not_cancel_what_never_began() -> None:
    """If all attempts failed and the list shows no run, none is spoken of."""
    played = play(World(react={"create_run": [LOST] * 9}))
    assert "cancel" not in played.whats
    assert "running" not in played.notices


def test_cancels_a_run_whose_start_it_never_learnt_of() -> None:
    """A run found by a late list is cancelled after all."""
    react: dict[str, list[Reaction]] = {"list_runs": [status(500)] * 30}
    world = World(streams=[[]], runs=[FOREVER], react=react)
    played = play(world, total_s=21.0)
    assert world.now_s <= 21.0
    assert played.claims == ["failed"]
    assert "run" in played.notices


def test_a_server_that_has_forgotten_everything_is_believed() -> None:
    """RUN-14: 404 for our own run: told, not cancelled, not asked again."""
    gone = status(404, "No run found with id 'run_1'")
    react: dict[str, list[Reaction]] = {"poll": [gone] * 9}
    played = play(World(streams=[pieces(SHORT[:4])], react=react))
    assert played.whats[2:] == ["poll"]
    assert played.claims == ["failed"]
    assert "No run found" in played.notices


def test_names_the_error_that_the_stream_reported() -> None:
    """SEM-06: the user learns what the stream said, if the run never ends."""
    error = frame("error", {"message": "Overloaded"})
    played = play(World(streams=[pieces([*SHORT[:4], error])], runs=[FOREVER]))
    assert "Overloaded" in played.notices


def test_a_reading_that_never_succeeds_is_no_success() -> None:
    """Completed at the server, but unread: partial text, claimed as failed."""
    react: dict[str, list[Reaction]] = {"list_messages": [LOST] * 99}
    played = play(World(streams=[pieces(SHORT[:4], TORN)], react=react))
    assert (played.text, played.claims) == (PARTIAL, ["failed"])
    assert "list messages" in played.notices


def test_reading_is_bounded_by_time() -> None:
    """RTY-11: at most three looks a second, and none after the deadline."""
    react: dict[str, list[Reaction]] = {"poll": [LOST] * 999}
    world = World(streams=[pieces(SHORT[:4], TORN)], react=react)
    play(world)
    polls_s = [
        t for c, t in zip(world.calls, world.called_s, strict=True) if c.what == "poll"
    ]
    gaps_s = [b - a for a, b in zip(polls_s, polls_s[3:], strict=False)]
    assert min(gaps_s) >= 1.0 - 1e-9
    assert max(polls_s) <= LIMITS.total_s


def test_later_turns_are_not_sent_over_an_open_one() -> None:
    """A conversation stops where the fate of a turn is unknown; each turn settles."""
    world = World(streams=[[]], runs=[FOREVER])
    played = play(world, turns=("one", "two", "three"))
    settled = [op for op in played.ops if isinstance(op, Settle)]
    assert [(s.turn, s.claim) for s in settled] == [
        (0, "failed"),
        (1, "failed"),
        (2, "failed"),
    ]
    assert world.commits["add_message"] == 1
    assert "Not sent" in played.notices


def test_a_turn_after_a_failed_run_is_sent() -> None:
    """A run that has ended, however, leaves the thread free."""
    over = frame("thread.run.failed", run("failed"))
    second = [e.replace(b"_1", b"_2").replace(b"thread_2", b"thread_1") for e in SHORT]
    world = World(streams=[pieces([*SHORT[:2], over]), pieces(second)], truth=[])
    world.runs = [run("failed")]
    assert play(world, turns=("one", "two")).claims == ["failed", "complete"]


def test_every_failure_is_an_error_to_the_user() -> None:
    """No claim but "complete" comes without a notice of level error."""
    for how in ENDS:
        notices = [
            op for op in ended(how, is_streamed=True).ops if isinstance(op, Notice)
        ]
        assert [n.level for n in notices] == ["error"]
