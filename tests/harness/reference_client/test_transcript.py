import tracemalloc

import pytest

from midstream.harness.record.ops import Append, Op, Replace
from midstream.harness.reference_client.transcript import Transcript


def opened(text: str = "ab") -> Transcript:
    """Return a transcript that shows *text* in part 0 of message "m"."""
    transcript = Transcript()
    transcript.open("m")
    transcript.append("m", 0, text)
    return transcript


CASES: dict[str, tuple[dict[int, str], list[Op]]] = {
    "the same": ({0: "ab"}, []),
    "longer": ({0: "abc"}, [Append(message="m", text="c")]),
    "different": ({0: "axc"}, [Replace(message="m", text="axc")]),
    "shorter": ({0: "a"}, [Replace(message="m", text="a")]),
    "gone": ({}, [Replace(message="m", text="")]),
    "another part": ({0: "ab", 2: "z"}, [Append(message="m", part=2, text="z")]),
}


@pytest.mark.parametrize(("truth", "ops"), CASES.values(), ids=CASES)
def test_settling_appends_what_is_missing_or_replaces(
    truth: dict[int, str], ops: list[Op]
) -> None:
    """A prefix is completed; anything else is replaced, and said to be."""
    transcript = opened()
    assert transcript.settle("m", truth) == ops
    assert transcript.final().messages[0].parts == truth


def test_nothing_is_appended_to_what_is_settled() -> None:
    """A settled message is the server's word; a late delta changes nothing."""
    transcript = opened()
    transcript.settle("m", {0: "ab"})
    assert transcript.append("m", 0, "c") == []
    assert transcript.final().messages[0].parts == {0: "ab"}


def test_nothing_is_appended_to_what_was_never_opened() -> None:
    """A message that is not known to be ours shows nothing."""
    transcript = Transcript()
    assert transcript.append("m", 0, "c") == []
    assert transcript.final().messages == ()


def test_opening_again_keeps_the_text() -> None:
    """A repeated created event takes nothing back."""
    transcript = opened()
    transcript.open("m")
    assert transcript.final().messages[0].parts == {0: "ab"}


@pytest.mark.parametrize(
    ("truth", "outruns"),
    [
        ({0: "ab"}, False),
        ({0: "abc"}, False),
        ({0: "a"}, True),
        ({}, True),
        ({0: "x"}, False),
    ],
)
def test_tells_a_list_that_lags_from_one_that_differs(
    truth: dict[int, str], outruns: bool
) -> None:
    """More shown than listed is a lag; something else shown is a difference."""
    assert opened().outruns("m", truth) is outruns


def test_arranges_messages_as_the_server_lists_them() -> None:
    """The final transcript is in thread order, earlier turns first."""
    transcript = Transcript()
    for name in ("old", "second", "first"):
        transcript.settle(name, {0: name})
    transcript.arrange(["first", "second", "unknown"])
    names = [m.message for m in transcript.final().messages]
    assert names == ["old", "first", "second"]


def test_text_may_be_torn_inside_a_character() -> None:
    """Half a pair is shown as it came, and so is the other half behind it."""
    transcript = opened("a\ud83d")
    transcript.append("m", 0, "\ude00é")
    assert transcript.final().messages[0].parts == {0: "a\ud83d\ude00é"}


def test_a_growing_text_takes_no_more_memory_than_its_bytes() -> None:
    """Nothing is kept of a token but its text."""
    transcript, tokens = opened(""), 20_000
    tracemalloc.start()
    for number in range(tokens):
        transcript.append("m", 0, f" {number:06}")
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 1.5 * 7 * tokens
