from benchmarks.paced import late_p99_ms
from benchmarks.rounds import Round, Rounds, Spread, flaw, of
from benchmarks.server import first_ms
from tests.benchmarks.helpers_rounds import drained, measured, times


def rate(known: Round) -> float:
    """Return the figure most tests are about."""
    return known.rate


def test_a_spread_is_the_median_between_the_lowest_and_the_highest() -> None:
    """Whatever order values come in, and how far off one of them is."""
    assert Spread.of([9.0, 1.0, 2.0]) == Spread(mid=2.0, low=1.0, high=9.0, n=3)


def test_nothing_has_no_spread() -> None:
    """What was never measured has no median, not even 0."""
    assert Spread.of([]) is None


def test_a_rate_counts_only_if_the_cores_were_ours() -> None:
    """CPU time is known whatever the machine does; how long it took is not."""
    rounds = Rounds([measured(), measured(number=1, foreign=0.5)])
    clock, cpu = rounds.clock(rate), rounds.cpu(lambda r: r.cpu_us)
    assert clock is not None
    assert cpu is not None
    assert (clock.n, cpu.n) == (1, 2)


def test_a_flawed_round_only_tells_of_its_flaw() -> None:
    """What was wrong has no figures."""
    rounds = Rounds([measured(flaw="nothing came")])
    assert rounds.flaws == ["nothing came"]
    assert rounds.cpu(rate) is None


def test_what_never_came_has_no_delay() -> None:
    """A round without a first event, or without any, does not count as 0 ms."""
    none = times(0.0, n=0)
    silent = measured(drained=drained(ttft=none, late=none))
    assert (first_ms(silent), late_p99_ms(silent)) == (None, None)
    clock = Rounds([silent, measured(number=1)]).clock(first_ms)
    assert clock == Spread(0.5, 0.5, 0.5, 1)


def test_a_ratio_is_that_of_neighbours() -> None:
    """A machine that is slow in one round is slow for both, and the ratio stays."""
    fast, slow = drained(events=4000), drained(events=400)
    ours = Rounds(
        [
            measured(drained=drained(events=2000)),
            measured(number=1, drained=drained(events=200)),
        ]
    )
    base = Rounds([measured(number=1, drained=slow), measured(drained=fast)])
    ratio = ours.ratio(base, rate, is_clock=True)
    assert ratio == Spread(0.5, 0.5, 0.5, 2)


def test_a_ratio_needs_both_of_a_round() -> None:
    """Of the round in which the other one was disturbed there is none."""
    base = Rounds([measured(foreign=0.5)])
    assert Rounds([measured()]).ratio(base, rate, is_clock=True) is None


def test_rounds_are_found_by_who_and_how_many() -> None:
    """Another subject and another number of streams are something else."""
    rounds = [measured(), measured("theirs"), measured(connections=1)]
    assert of(rounds, "ours", 32).all == rounds[:1]


def test_what_came_whole_has_no_flaw() -> None:
    """Right sizes, no errors; and sizes are free where none is given."""
    assert not flaw(drained(), 100)
    assert not flaw(drained(), None)


def test_a_wrong_number_of_events_is_a_flaw() -> None:
    """A server that leaves events out is fast for the wrong reason."""
    assert "2 streams with a wrong number" in flaw(drained(wrong=2), 100)


def test_another_size_is_a_flaw() -> None:
    """So is one that sends other bodies than it should."""
    assert (
        flaw(drained(shortest_bytes=99, longest_bytes=99), 100)
        == "bodies of {99} bytes, not of 100"
    )


def test_silence_is_a_flaw() -> None:
    """A server that sends nothing is not measured."""
    assert flaw(drained(events=0, streams=0), 100) == "nothing came"
