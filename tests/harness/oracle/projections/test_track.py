from hypothesis import given, settings
from hypothesis import strategies as st

from midstream.harness.oracle.projections.diagnosis import diagnose
from midstream.harness.oracle.projections.known import Known
from midstream.harness.oracle.projections.track import Track
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Dispatcher
from tests.harness.helpers_history import feed, history, raised, told

SETTINGS = settings(max_examples=min(60, settings().max_examples), derandomize=True)

OPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.text("ab", max_size=4)),
        st.tuples(st.just("replace"), st.text("ab", max_size=8)),
        st.tuples(st.just("retract"), st.integers(0, 6)),
        st.tuples(st.just("follow"), st.integers(0, 4)),
    ),
    max_size=12,
)


def track_of(tokens: list[str]) -> Track:
    """Return an empty track for a message of *tokens*."""
    dispatcher, truth = Dispatcher(), Truth(Turns(), Known())
    dispatcher.join(truth.handlers(), raised)
    feed(dispatcher, *told(*tokens))
    keys = list(truth.said)
    return Track("msg_1", 0, keys, truth)


@SETTINGS
@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=6), OPS)
def test_a_track_agrees_with_a_plain_text(
    tokens: list[str], ops: list[tuple[str, str | int]]
) -> None:
    """Step by step it shows what plain strings would, and knows when it errs."""
    track, shown, truth, flicker = track_of(tokens), "", "".join(tokens), 0
    [record] = history(told("x")[0])
    for name, value in ops:
        before = shown
        if name == "retract":
            assert isinstance(value, int)
            shown = shown[: max(0, len(shown) - value)]
            track.retract(record, value)
        elif name == "replace":
            shown = str(value)
            track.replace(record, shown)
        else:
            more = value if isinstance(value, str) else truth[len(shown) :][:value]
            shown += more
            track.append(record, more)
        common = next(
            (i for i, (a, b) in enumerate(zip(before, shown, strict=False)) if a != b),
            min(len(before), len(shown)),
        )
        flicker += len(before) - common
        assert (track.text, track.size) == (shown, len(shown))
        assert track.is_wrong is not truth.startswith(shown)
        assert track.flicker == flicker


def test_tokens_that_begin_alike_are_told_apart() -> None:
    """Where one token begins another, the lost one is named, not the longer garbled."""
    found = diagnose([" w0", " w1", " w10", " w11"], " w0 w10 w11")
    assert (found.seen, found.missing, found.foreign) == ((0, 2, 3), (1,), ())


def test_a_torn_token_is_missing_and_not_foreign() -> None:
    """A beginning or an end of the expected token is a piece of it."""
    for text in ("alpha br", "alpha avo charlie"):
        found = diagnose(["alpha ", "bravo ", "charlie"], text)
        assert (1 in found.missing, found.foreign) == (True, ())


def test_a_repeated_token_out_of_place_is_ambiguous() -> None:
    """A token that occurs twice in the truth says nothing where it is not expected."""
    found = diagnose(["the ", "cat ", "the ", "dog "], "the the cat the dog ")
    assert (found.ambiguous, found.doubled, found.inverted) == (("the ",), (), None)
