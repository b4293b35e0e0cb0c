from collections.abc import Callable

from benchmarks.generated import Generated
from benchmarks.sustained import at_knee, summary, take_turns
from tests.benchmarks.helpers_generated import generated


def generator(
    most: dict[str, int], foreign: float = 0.0
) -> Callable[[str, int], Generated]:
    """Return what sustains so many streams of each kind."""
    return lambda kind, streams: generated(
        kind=kind,
        streams=streams,
        ended=streams if streams <= most[kind] else 0,
        foreign=foreign,
    )


def test_kinds_take_turns() -> None:
    """Each has a round before any has its second."""
    make = generator({"raw": 600, "reference": 500})
    done = [*take_turns({"raw": 600, "reference": 400}, 2, make)]
    assert [(d.kind, d.streams) for d in done] == [
        ("raw", 600),
        ("reference", 400),
        ("raw", 751),
        ("reference", 501),
    ]


def test_a_kind_whose_knee_is_known_has_no_more_turns() -> None:
    """One stream holds and two do not: there is nothing between."""
    done = [*take_turns({"raw": 1}, 9, generator({"raw": 1}))]
    assert [d.streams for d in done] == [1, 2]


def test_what_broke_while_others_worked_is_tried_again() -> None:
    """A round that was not quiet is no proof that it was too much."""
    done = [*take_turns({"raw": 600}, 2, generator({"raw": 500}, foreign=0.5))]
    assert [d.streams for d in done] == [600, 600]


def test_the_knee_is_the_largest_round_that_kept_the_pace() -> None:
    """Larger ones that did not keep it do not count, unless none did."""
    kept, broken = generated(streams=10), generated(streams=20)
    assert at_knee([kept, broken, generated(streams=5, ended=5)]) is kept
    assert at_knee([broken, generated(streams=30)]) is broken


def test_the_table_compares_with_the_raw_reader() -> None:
    """Half the streams at three times the cost, in the order in which they came."""
    raw = generated(streams=20, ended=20, cpu_s=0.04)
    ours = generated(kind="reference", cpu_s=0.06)
    head, *rows = summary([ours, raw])
    assert head.split()[:4] == ["load", "generator", "keeps", "pace"]
    assert " ".join(rows[0].split()) == "reference 10 - 500 0.50 30.0 3.00 1 1 1"
    assert " ".join(rows[1].split()) == "raw 20 - 1,000 1.00 10.0 1.00 1 1 1"


def test_without_the_raw_reader_nothing_is_compared() -> None:
    """A kind that was not asked for leaves no ratios."""
    (_, row) = summary([generated(kind="reference", ended=0, streams=9)])
    assert row.split()[:5] == ["reference", "0", "9", "0", "-"]
