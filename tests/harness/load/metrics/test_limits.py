import pytest

from midstream.harness.load.errors import GateError
from midstream.harness.load.metrics.limits import StreamLimits, parse_limits
from midstream.harness.load.metrics.units import seconds, split_unit, spoken


def test_limits_are_read_as_typed() -> None:
    """A word each, in any order, in the units of time."""
    limits = parse_limits(["total:1min", "ttft:800ms", "stall:2s"])
    assert limits == StreamLimits(ttft_s=0.8, stall_s=2.0, total_s=60.0)
    assert str(limits) == "ttft:0.8s stall:2s total:60s"


def test_without_limits_any_time_is_good() -> None:
    """None given, none held."""
    assert (parse_limits([]), str(parse_limits([]))) == (StreamLimits(), "")


MISTAKES = {
    "a name misspelt": ("tfft:1s", "did you mean 'ttft'?"),
    "a name like no other": ("zzz:1s", "known: ttft, stall, total"),
    "no unit": ("ttft:1", "a time above 0, such as ttft:1.5s"),
    "no number": ("ttft:fast", "a time above 0"),
    "no limit": ("ttft", "a time above 0"),
    "no time": ("ttft:0s", "a time above 0"),
    "a share": ("ttft:5%", "a time above 0"),
}


@pytest.mark.parametrize(("word", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(word: str, said: str) -> None:
    """The message has the word and what would be right."""
    with pytest.raises(GateError) as caught:
        parse_limits([word])
    assert repr(word) in str(caught.value)
    assert said in str(caught.value)


def test_a_limit_is_given_once() -> None:
    """Which of two would count?"""
    with pytest.raises(GateError, match="twice"):
        parse_limits(["ttft:1s", "ttft:2s"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("800ms", 0.8), ("1.5s", 1.5), ("2 min", None), ("7µs", 7e-6), ("-1s", None)],
)
def test_times_have_units(text: str, expected: float | None) -> None:
    """A number and its unit, without a sign or a space between them."""
    assert seconds(text) == (expected and pytest.approx(expected))


def test_a_number_may_have_no_unit() -> None:
    """Counts have none."""
    assert split_unit("12") == (12.0, "")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "-"),
        (0.0, "0 ms"),
        (0.00025, "250 µs"),
        (0.0834, "83.4 ms"),
        (1.5, "1.5 s"),
        (61.24, "61.2 s"),
    ],
)
def test_times_are_said_in_the_unit_that_fits(value: float | None, said: str) -> None:
    """Three digits are enough for a reader."""
    assert spoken(value) == said
