from collections import Counter

import pytest

from tests.closing import closing_line, counts, exit_code, named

LINES = {
    "quiet": "2 failed, 40 passed, 1 skipped, 9 deselected in 61.20s (0:01:01)",
    "loud": "== 2 failed, 40 passed, 1 skipped, 9 deselected in 61.20s (0:01:01) ==",
    "in colour": "\x1b[31m\x1b[1m2 failed\x1b[0m, 40 passed, 1 skipped in 1.00s\x1b[0m",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_closing_line_is_read(line: str) -> None:
    """What ended how is counted, and what was left to another call is not."""
    assert counts(f"....\n{line}\n") == {"failed": 2, "passed": 40, "skipped": 1}


@pytest.mark.parametrize("said", ["", "INTERNALERROR> 3 passed in 1.00s\nKilled"])
def test_a_call_that_broke_off_has_no_closing_line(said: str) -> None:
    """What it said before does not count."""
    assert counts(said) is None


def test_two_calls_are_one_line_in_pytests_form() -> None:
    """All that ended alike are added up, in the order of pytest, with minutes."""
    first, second = counts("1 failed, 2 passed in 1.00s"), counts("7 passed in 2.00s")
    line = closing_line([first, second], 75.5)
    assert line == "1 failed, 9 passed in 75.50s (0:01:15)"
    assert counts(line) == Counter(failed=1, passed=9)


def test_a_call_without_a_word_is_an_error_in_the_line() -> None:
    """One that was killed does not vanish behind one that passed."""
    line = closing_line([None, counts("7 passed, 2 warnings in 2.00s")], 2.0)
    assert line == "7 passed, 2 warnings, 1 error in 2.00s"


def test_what_is_not_good_is_named_again() -> None:
    """The summary of the first call has long scrolled away."""
    said = "FAILED a.py::b - no\nSKIPPED [1] c.py\nERROR d.py\n1 failed in 1.00s"
    assert named(said) == ["FAILED a.py::b - no", "ERROR d.py"]


@pytest.mark.parametrize(
    ("codes", "code"),
    [((0, 0), 0), ((0, 1), 1), ((2, 0), 2), ((5, 0), 0), ((5, 5), 5), ((0, -9), -9)],
)
def test_each_call_must_pass(codes: tuple[int, int], code: int) -> None:
    """To have selected nothing, 5, is no failure if the other call had something."""
    assert exit_code(codes) == code
