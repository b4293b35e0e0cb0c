"""What creates something is done once, however often it has to be asked for."""

import pytest

from midstream.harness.record.ops import ClientError
from midstream.harness.reference_client.values import Answer, Failed, Response
from tests.harness.reference_client.helpers_wire import (
    LOST,
    REFUSED,
    RUN,
    TEXT,
    ok,
    run,
    status,
)
from tests.harness.reference_client.helpers_world import After, Reaction, World, play

TIMEOUT = Failed("timeout", is_sent=True)
GARBAGE = Response(200, {}, b"<html>")
CREATING = ["add_message", "create_run"]
FINDING = {"add_message": "list_messages", "create_run": "list_runs"}
LOCKED = f"Thread thread_1 already has an active run {RUN}."

AMBIGUOUS: dict[str, Answer] = {
    "lost": LOST,
    "out of time": TIMEOUT,
    "a server error": status(500),
    "a conflict (RUN-04)": status(409),
    "a rate limit (RTY-05)": status(429),
    "a page of HTML": Response(502, {}, b"<h1>Bad Gateway</h1>"),
    "an empty success": Response(200),
    "an unreadable success": GARBAGE,
}


@pytest.mark.parametrize("what", CREATING)
@pytest.mark.parametrize("answer", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_finds_what_a_lost_answer_had_created(what: str, answer: Answer) -> None:
    """RUN-01, RUN-02: the effect is looked up and found; nothing is done twice."""
    world = World(react={what: [After(answer)]})
    played = play(world)
    assert world.commits[what] == 1
    assert played.whats.count(what) == 1
    assert FINDING[what] in played.whats
    assert (played.text, played.claims) == (TEXT, ["complete"])


@pytest.mark.parametrize("what", CREATING)
@pytest.mark.parametrize("answer", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_asks_again_only_after_reading(what: str, answer: Answer) -> None:
    """If reading proves that nothing was created, the same request is made again."""
    world = World(react={what: [answer]})
    played = play(world)
    first = played.whats.index(what)
    assert played.whats[first : first + 3] == [what, FINDING[what], what]
    assert world.commits[what] == 1
    asked = [c for c in world.calls if c.what == what]
    assert asked[0].body == asked[1].body
    assert (played.text, played.claims) == (TEXT, ["complete"])


@pytest.mark.parametrize("what", CREATING)
def test_a_refused_connection_needs_no_reading(what: str) -> None:
    """What surely never left is just sent again, after a wait."""
    played = play(World(react={what: [REFUSED]}))
    first = played.whats.index(what)
    assert played.whats[first : first + 2] == [what, what]
    troubles = [op for op in played.ops if isinstance(op, ClientError)]
    assert [t.is_definite for t in troubles] == [True]
    assert played.text == TEXT


def test_a_lost_answer_is_not_called_definite() -> None:
    """What may have had an effect is reported as such."""
    played = play(World(react={"create_run": [After(LOST)]}))
    troubles = [op for op in played.ops if isinstance(op, ClientError)]
    assert troubles[0].is_definite is False


@pytest.mark.parametrize("what", ["create_assistant", "create_thread"])
@pytest.mark.parametrize("failure", [LOST, After(LOST), REFUSED, status(500)])
def test_a_thread_that_got_lost_is_made_anew(what: str, failure: Reaction) -> None:
    """There is no list of threads; an empty one that nobody uses harms no one."""
    world = World(react={what: [failure]})
    assert play(world).text == TEXT
    assert [c.what for c in world.calls].count(what) == 2


def test_the_reading_itself_may_fail() -> None:
    """A list that fails is asked again before anything is created again."""
    world = World(
        react={
            "create_run": [After(LOST)],
            "list_runs": [LOST, status(500), REFUSED, GARBAGE],
        }
    )
    played = play(world)
    assert played.whats.count("list_runs") == 5
    assert world.commits["create_run"] == 1
    assert played.text == TEXT


def test_attaches_to_its_own_active_run() -> None:
    """RUN-03: a list may lag; then the 400 that names our own run says where it is."""
    react: dict[str, list[Reaction]] = {
        "create_run": [After(LOST), status(400, LOCKED)],
        "list_runs": [ok({"data": []})],
    }
    played = play(World(react=react))
    assert played.whats[-2:] == ["poll", "list_messages"]
    assert played.world.commits["create_run"] == 1
    assert (played.text, played.claims) == (TEXT, ["complete"])


def test_does_not_attach_to_the_run_of_another() -> None:
    """RUN-03: a foreign run that locks the thread is an honest failure."""
    theirs = ok(run("in_progress", metadata={"client_key": "theirs"}))
    react: dict[str, list[Reaction]] = {
        "create_run": [status(400, LOCKED)],
        "poll": [theirs],
    }
    played = play(World(react=react))
    assert played.claims == ["failed"]
    assert RUN in played.notices
    assert "cancel" not in played.whats


@pytest.mark.parametrize("what", ["create_assistant", "create_thread", *CREATING])
@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(what: str, code: int) -> None:
    """RTY-09: it is told to the user, in the server's words, and never repeated."""
    world = World(react={what: [status(code, "because of this")]})
    played = play(world)
    assert [c.what for c in world.calls].count(what) == 1
    assert played.claims == ["failed"]
    assert "because of this" in played.notices


@pytest.mark.parametrize("what", CREATING)
@pytest.mark.parametrize("failure", [LOST, REFUSED, status(503)])
def test_attempts_are_bounded(what: str, failure: Reaction) -> None:
    """RTY-11: five attempts, at most three in a second, then the truth."""
    world = World(react={what: [failure] * 9})
    played = play(world)
    begun_s = [
        t for c, t in zip(world.calls, world.called_s, strict=True) if c.what == what
    ]
    assert len(begun_s) == 5
    assert all(b - a >= 1.0 for a, b in zip(begun_s, begun_s[3:], strict=False))
    assert played.claims == ["failed"]
    assert played.notices


def test_waits_as_long_as_the_server_asks() -> None:
    """RTY-01: the next attempt comes when Retry-After is over, and not before."""
    world = World(react={"create_run": [status(429, retry_after="3")]})
    assert play(world).text == TEXT
    assert 3.0 <= world.now_s <= 3.1


@pytest.mark.parametrize("asked", ["3600", "61"])
def test_does_not_wait_for_an_hour(asked: str) -> None:
    """RTY-04: beyond the cap the user is told, at once."""
    world = World(react={"create_run": [status(429, retry_after=asked)]})
    played = play(world, total_s=900.0)
    assert world.now_s == 0.0
    assert played.claims == ["failed"]
    assert f"wait {asked} s" in played.notices


def test_does_not_wait_longer_than_it_has() -> None:
    """A wait that the turn has no time for is not begun."""
    world = World(react={"add_message": [status(503, retry_after="50")]})
    assert play(world).claims == ["failed"]
    assert world.now_s == 0.0


def test_jitter_differs_between_seeds() -> None:
    """RTY-07: clients that fail together do not come back together."""
    worlds = [World(react={"create_run": [status(503)]}) for _ in range(20)]
    for seed, world in enumerate(worlds):
        play(world, seed=seed)
    assert len({world.now_s for world in worlds}) == 20
