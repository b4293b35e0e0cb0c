"""Checks that several toxics share: a value that harms Toxiproxy never reaches it.

Toxiproxy answers 200 to a negative rate and then dies of it; it rejects fractions
and takes an unknown stream for a mistake of ours. No toxic lives in this file.
"""

from collections.abc import Sequence

LONGEST_MS = 600_000
"""No toxic waits longer than ten minutes; far above any run's budget."""


def check_whole(setting: str, value: object, low: int, high: int) -> None:
    """Check that *value* is a whole number from *low* to *high*, both included.

    Raises:
        ValueError: It is not; the message names the *setting* and the range.
    """
    if (
        not isinstance(value, int)
        or isinstance(value, bool)
        or not low <= value <= high
    ):
        raise ValueError(
            f"{setting} is {value!r}; it must be a whole number from {low} to {high}"
        )


def check_choice(setting: str, value: object, choices: Sequence[str]) -> None:
    """Check that *value* is one of *choices*.

    Raises:
        ValueError: It is not; the message names the *setting* and the choices.
    """
    if value not in choices:
        raise ValueError(f"{setting} is {value!r}; it must be {' or '.join(choices)}")


def check_stream(value: object) -> None:
    """Check that *value* is a direction.

    Raises:
        ValueError: It is not; the message says which there are.
    """
    check_choice("stream", value, ("downstream", "upstream"))
