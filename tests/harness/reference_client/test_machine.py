import random

import pytest

from midstream.harness.record.ops import Append, Attempt, Op, Settle
from midstream.harness.reference_client.errors import DriverError
from midstream.harness.reference_client.machine import Machine, conversation
from midstream.harness.reference_client.values import Bytes, Call, Done, Emit, Relay
from tests.harness.reference_client.helpers_wire import MESSAGE, SHORT, TOKENS, ok
from tests.harness.reference_client.helpers_world import LIMITS, World, play


def machine(turns: tuple[str, ...] = ("Hello?",)) -> Machine:
    """Return a machine that has not begun."""
    return conversation(
        turns, request={"stream": True}, limits=LIMITS, random=random.Random(0)
    )


def test_begins_with_a_command() -> None:
    """Before anything is sent, the attempt is announced."""
    begun = machine()
    assert begun.advance(None, 0.0) == Emit(Attempt(what="create_assistant"))
    asked = begun.advance(None, 0.0)
    assert isinstance(asked, Call)
    assert asked.timeout_s == LIMITS.idle_s


def test_done_stays_done() -> None:
    """Whoever asks again gets the same answer."""
    silent = machine(())
    answers = iter([None, None, ok({"id": "asst_1"}), None, ok({"id": "thread_1"})])
    while not isinstance(last := silent.advance(next(answers, None), 0.0), Done):
        pass
    assert silent.advance(None, 0.0) is last


def test_an_answer_that_does_not_fit_is_the_drivers_mistake() -> None:
    """A Call is not answered by bytes."""
    begun = machine()
    begun.advance(None, 0.0)
    begun.advance(None, 0.0)
    with pytest.raises(DriverError, match="Call"):
        begun.advance(Bytes(b""), 0.0)


def test_the_same_seed_gives_the_same_requests() -> None:
    """Nothing is drawn but from the given source."""
    first, second = World(), World()
    assert play(first, seed=7).ops == play(second, seed=7).ops
    assert first.calls == second.calls


def test_another_seed_gives_other_keys() -> None:
    """Two clients never use the same key for their intents."""
    first, second = World(), World()
    play(first, seed=7)
    play(second, seed=8)
    assert first.keys["create_run"] != second.keys["create_run"]


def test_no_command_is_longer_than_the_time_left() -> None:
    """Every wait of a turn ends by its deadline."""
    world = World(streams=[[]], react={"create_run": [None]})
    played = play(world, total_s=1.0)
    assert all(c.timeout_s <= 1.0 for c in world.calls)
    assert played.claims == ["complete"]


def test_an_event_and_what_it_shows_come_together() -> None:
    """Each delta is passed on with its own token, so that it is heard before it."""
    world = World(streams=[[Bytes(b"".join(SHORT))]])
    begun, answer, brought = machine(), None, []
    while not isinstance(command := begun.advance(answer, 0.0), Done):
        if isinstance(command, Relay) and command.ops:
            brought.append((command.event.kind, *command.ops))
        answer = world.answer(command)
    assert brought == [
        ("thread.message.delta", Append(message=MESSAGE, text=token))
        for token in TOKENS
    ]


def test_settles_each_turn_once() -> None:
    """One settlement a turn, in order, whatever happens."""
    ops: list[Op] = play(World(streams=[]), turns=("a", "b")).ops
    assert [op.turn for op in ops if isinstance(op, Settle)] == [0, 1]


def test_knows_an_assistant_it_is_given() -> None:
    """With an assistant of its user's, it creates none."""
    told = conversation(
        ["Hello?"],
        request={"stream": True},
        limits=LIMITS,
        random=random.Random(0),
        assistant_id="asst_mine",
    )
    assert told.advance(None, 0.0) == Emit(Attempt(what="create_thread"))
