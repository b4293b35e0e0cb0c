"""A grade, a verdict and a time as text: symbol and word, never colour alone.

So a reader who sees no colour, and a program that greps, both find the word.
"""

from typing import Final

from midstream.harness.oracle.verdict import Grade, Judgement

SYMBOLS: Final = {
    Grade.OK: "✓",
    Grade.NON_STRICT: "~",
    Grade.FAILED: "✗",
    Grade.INVALID: "!",
    Grade.INCONCLUSIVE: "?",
    Grade.UNSUPPORTED: "-",
}
COLOURS: Final = {
    Grade.OK: "green",
    Grade.NON_STRICT: "yellow",
    Grade.FAILED: "red",
    Grade.INVALID: "magenta",
    Grade.INCONCLUSIVE: "magenta",
    Grade.UNSUPPORTED: "bright_black",
}


RESENT: Final = "(resent below)"
RESENT_MEANS: Final = (
    "the transport below the client, such as its browser, sent a request again by "
    "itself; the client had asked once"
)


def cell(said: Judgement, share: str = "") -> str:
    """Return symbol, verdict and mark, such as "✗ DUPLICATE_EFFECT (resent below)".

    *share* says how many of the repeats have the verdict, such as "97/100".
    """
    mark = RESENT if said.resent else ""
    return " ".join(filter(None, (SYMBOLS[said.grade], share, said.verdict, mark)))


def seconds(duration_s: float) -> str:
    """Return a duration to the hundredth of a second, such as "0.41s"."""
    return f"{duration_s:.2f}s"
