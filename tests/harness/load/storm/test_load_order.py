import msgspec
import pytest

from midstream.harness.load.errors import StormError
from midstream.harness.load.storm.load_order import Timetable, decode, encode
from tests.harness.load.helpers_load import storm
from tests.harness.load.helpers_orders import TOXIPROXY, order

TWICE = storm(
    {"name": "calm"},
    {
        "name": "wild",
        "share": 4,
        "outages": [
            {"after": 0.25, "for_s": 2.0},
            {"after": 0.5, "for_s": 2.0, "group": 0.5},
        ],
    },
)
"""In ten seconds: all are down from 4 to 6, half of them from 6 to 8."""


def test_an_order_arrives_as_it_was_sent() -> None:
    """Storm, servers and all: what a worker reads is what the master wrote."""
    sent = order(TWICE, toxiproxy=TOXIPROXY, out="runs", name="run-2")
    assert decode(encode(sent)) == sent


def test_an_order_of_another_version_is_no_order() -> None:
    """An unknown field is not passed over."""
    text = encode(order()).replace('"seed"', '"seeed"')
    with pytest.raises(msgspec.ValidationError):
        decode(text)


def test_the_proxies_of_a_run_are_named_for_it() -> None:
    """By the run, and on a server of others by a mark of ours before."""
    marked = msgspec.structs.replace(TOXIPROXY, prefix="midstream-9.")
    assert order(name="run-1", toxiproxy=TOXIPROXY).proxies == "run-1."
    assert order(name="run-2", toxiproxy=marked).proxies == "midstream-9.run-2."


@pytest.mark.parametrize(
    ("at_s", "phase"),
    [(0.0, "calm"), (1.99, "calm"), (2.0, "wild"), (9.9, "wild"), (11.0, "wild")],
)
def test_a_phase_is_known_by_the_time(at_s: float, phase: str) -> None:
    """A phase begins where the one before it ends; behind the last it goes on."""
    assert Timetable(order(TWICE)).span(at_s).phase.name == phase


@pytest.mark.parametrize(
    ("at_s", "down"),
    [(3.99, 0), (4.0, 10), (5.99, 10), (6.0, 5), (7.99, 5), (8.0, 0)],
)
def test_who_is_down_is_known_by_the_time(at_s: float, down: int) -> None:
    """From an outage's begin, its end excluded, and nobody in between."""
    timetable = Timetable(order(TWICE))
    users = timetable.down_at(at_s)
    assert len(users) == down
    assert [timetable.is_down(user, at_s) for user in range(10)] == [
        user in users for user in range(10)
    ]


def test_changes_are_the_edges_of_outages_each_once() -> None:
    """One outage's end may be another one's begin."""
    assert Timetable(order(TWICE)).changes_s == [4.0, 6.0, 8.0]


def test_a_storm_without_outages_changes_nothing() -> None:
    """Nobody is down, ever."""
    timetable = Timetable(order())
    assert (timetable.changes_s, timetable.down_at(5.0)) == ([], frozenset())


def test_a_run_that_is_too_short_has_no_timetable() -> None:
    """An outage that would not end in its phase is no outage that is seen to heal."""
    with pytest.raises(StormError, match="at least 5 s"):
        Timetable(order(TWICE, run_s=4.0))
