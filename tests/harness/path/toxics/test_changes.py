from typing import Any

import pytest

from midstream.harness.path.toxics import (
    TOXICS,
    Placed,
    SetToxic,
    Stop,
    TakeDown,
    Toxic,
)

SLEEPERS = ["latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer"]
STOP = Stop(500, 4, b"data: x\n\n")
FAR = {"bytes": 10**12}


def make(kind: str, **args: Any) -> Toxic:  # noqa: ANN401 - any setting of any toxic
    """Return a toxic of *kind*."""
    return TOXICS[kind](**args)


@pytest.mark.parametrize("kind", SLEEPERS)
def test_a_toxic_with_a_position_sleeps_until_it_is_struck(kind: str) -> None:
    """It is there before the client connects, at toxicity 0, and then wakes."""
    toxic = make(kind)
    (placed,) = toxic.placed("f1", dormant=True)
    assert (placed.name, placed.type, placed.toxicity) == ("f1", kind, 0.0)
    assert toxic.struck("f1", STOP) == (SetToxic("f1", placed.attributes, 1.0),)


@pytest.mark.parametrize("kind", ["latency", "bandwidth", "slow_close", "slicer"])
def test_what_only_slows_stays_to_the_end(kind: str) -> None:
    """A toxic that costs the client nothing needs no healing."""
    assert make(kind).healed("f1") == ()


def test_limit_data_counts_from_the_position() -> None:
    """Downstream, the limit lies so many bytes behind what has been written."""
    toxic = make("limit_data", bytes=7)
    far = Placed("f1", "limit_data", "downstream", FAR)
    assert toxic.placed("f1", dormant=True) == (far,)
    assert toxic.struck("f1", STOP) == (SetToxic("f1", {"bytes": 507}),)
    assert toxic.healed("f1") == (SetToxic("f1", FAR),)


def test_limit_data_upstream_begins_to_count_when_struck() -> None:
    """The server's offset says nothing of the requests, so the toxic sleeps."""
    toxic = make("limit_data", bytes=7, stream="upstream")
    assert toxic.placed("f1", dormant=True)[0].toxicity == 0.0
    assert toxic.struck("f1", STOP) == (SetToxic("f1", {"bytes": 7}),)


def test_a_cut_with_fin_is_one_limit_out_of_reach() -> None:
    """Before the position it does nothing; healed, it does nothing again."""
    toxic = make("cut", end="fin")
    far = Placed("f1", "limit_data", "downstream", FAR)
    assert toxic.placed("f1", dormant=True) == (far,)
    assert toxic.struck("f1", STOP) == (SetToxic("f1", {"bytes": 500}),)
    assert toxic.healed("f1") == (SetToxic("f1", FAR),)


def test_a_cut_with_rst_has_a_sleeping_reset_beside_it() -> None:
    """The sleeper arms the connection; only the limit is ever changed."""
    toxic = make("cut", end="rst")
    _, arm = toxic.placed("f1", dormant=True)
    assert arm == Placed("f1.arm", "reset_peer", "downstream", {"timeout": 0}, 0.0)
    assert toxic.struck("f1", STOP) == (SetToxic("f1", {"bytes": 500}),)


def test_a_cut_without_a_position_is_refused() -> None:
    """There would be no event to cut at."""
    with pytest.raises(ValueError, match="needs a position; without one"):
        make("cut").placed("f1", dormant=False)


@pytest.mark.parametrize("down_s", [None, 0.5])
def test_an_outage_takes_the_proxy_down(down_s: float | None) -> None:
    """Nothing is placed, and it comes back by itself or never."""
    toxic = make("outage", down_s=down_s)
    assert toxic.placed("f1", dormant=True) == ()
    assert toxic.struck("f1", STOP) == (TakeDown(down_s),)
    assert toxic.healed("f1") == ()


def test_a_healed_timeout_never_lets_a_stream_go_on_with_a_gap() -> None:
    """The toxic falls asleep only while no connection is open."""
    asleep = SetToxic("f1", {"timeout": 0}, 0.0, severs=True)
    assert make("timeout").healed("f1") == (asleep,)
