"""Checks that several toxics share, so that no harmful value reaches Toxiproxy.

Toxiproxy answers 200 to a negative rate and then crashes; it rejects fractions and
unknown streams. No toxic is defined in this file.
"""

from collections.abc import Sequence

LONGEST_MS = 600_000
"""The longest wait of a toxic: ten minutes, far above any run's budget."""


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
        ValueError: It is not; the message names both directions.
    """
    check_choice("stream", value, ("downstream", "upstream"))
