from benchmarks.rounds import Round
from benchmarks.scale import Axis, costs, picture, report
from tests.benchmarks.helpers_rounds import drained, measured


def run(events: int, *, flaw: str = "") -> Round:
    """Return a round in which a run costs 100 us, and 2 us more for each event."""
    came = drained(events=1000)
    cpu_s = 1000 * (100 / events + 2) / 1e6
    return measured(cpu_s=cpu_s, drained=came, flaw=flaw)


def axis(*events: int, flaw: str = "") -> Axis:
    """Return an axis with a round for each number of *events*."""
    return Axis(
        name="events",
        title="Cost",
        x="events",
        y="us",
        figure=lambda r: r.cpu_us,
        found={"ours": {n: [run(n, flaw=flaw)] for n in events}},
    )


def test_each_value_has_a_line() -> None:
    """The smallest first, with a column for each subject."""
    assert report(axis(1000, 50))[:-1] == [
        "Cost: us",
        "events  ours",
        "50      4.00",
        "1,000   2.10",
    ]


def test_costs_of_a_run_and_of_an_event_are_told_apart() -> None:
    """The shortest and the longest run say what each of both costs."""
    assert costs(axis(50, 1000, 20_000))[0] == "ours: 100 us a run, 2.00 us an event"


def test_one_length_does_not_tell_costs_apart() -> None:
    """Nor does none."""
    assert costs(axis(50)) == [""]


def test_a_flawed_point_is_not_drawn() -> None:
    """A curve without points is left out."""
    assert [len(curve.points) for curve in picture(axis(50, 1000)).curves] == [2]
    assert picture(axis(50, flaw="broken")).curves == []
