import pytest

from midstream.mock_server.core.event_log import Entry, EventLog


def entries(*names: str) -> list[Entry]:
    """Return entries whose data is their name in angle brackets."""
    return [Entry(name=n, data=f"<{n}>".encode()) for n in names]


def log(*names: str) -> tuple[EventLog, list[str]]:
    """Return a log with a plan, and the names of what it has published."""
    out: list[str] = []
    made = EventLog("run_1", lambda entry: out.append(entry.name))
    made.plan(entries(*names))
    return made, out


def test_entries_are_published_in_order() -> None:
    """Each publication is told to the owner before the listeners."""
    made, out = log("a", "b")
    counts: list[int] = []
    made.listeners.add(lambda: counts.append(len(out)))
    made.publish()
    made.publish()
    assert (out, counts, made.pending) == (["a", "b"], [1, 2], None)


def test_more_than_planned_cannot_be_published() -> None:
    """Publishing an empty rest is an error of ours."""
    made, _ = log()
    with pytest.raises(IndexError):
        made.publish()


def test_a_new_plan_replaces_the_unpublished_rest() -> None:
    """What is out stays; what was only planned is gone."""
    made, out = log("a", "b", "c")
    made.publish()
    assert made.plan(entries("x")) == 1
    made.publish()
    assert (out, made.entry(2)) == (["a", "x"], None)


def test_an_entry_is_out_when_published_or_never_to_come() -> None:
    """A follower behind the end need not wait."""
    made, _ = log("a", "b")
    made.publish()
    assert [made.is_out(i) for i in range(3)] == [True, False, True]


HELD = {
    "an entry": (0, 0, b"<a>", True),
    "a piece": (1, 1, b"b", True),
    "across entries": (0, 1, b"a><b><", True),
    "altered": (0, 0, b"<A>", False),
    "at another place": (1, 0, b"<a>", False),
    "beyond the end": (2, 0, b"<c><d>", False),
}


@pytest.mark.parametrize(("index", "start", "data", "is_held"), HELD.values(), ids=HELD)
def test_bytes_are_compared_with_the_log(
    index: int, start: int, data: bytes, is_held: bool
) -> None:
    """Only the log's own bytes at that very place count as verbatim."""
    made, _ = log("a", "b", "c")
    assert made.holds(index, start, data) is is_held
    assert not made.holds(None, start, data)
