r"""Text for a terminal or a log: neutral, and tables of it in columns.

Neutral is what a client or server said, made harmless for a reader.

No character is dropped: one that could move the cursor, change colours, reverse the
line or break XML is shown as its escape, such as ``\x1b``.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

# Unicode Standard Annex #9, section 2: the explicit directional formatting
# characters; they can make a line read as something it does not say.
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Controls, surrogates, unassigned and noncharacters, line and paragraph separators.
# Not "Cf" as a whole: emoji sequences and many scripts need U+200D and U+200C.
_HARMFUL: Final = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


def neutral(text: str) -> str:
    """Return *text* as one harmless line that any encoding of Unicode can hold."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    """Return *char*, or its escape if it is harmful."""
    if unicodedata.category(char) not in _HARMFUL and char not in _DIRECTIONS:
        return char
    return char.encode("unicode_escape").decode("ascii")


def columns(rows: Sequence[Sequence[str]], *, figures: bool = False) -> list[str]:
    """Return a line a row, in columns that are as wide as they must be.

    An empty row becomes a rule. Cells stand to the left; of *figures*, all but those
    of the first column stand to the right.
    """
    full = filter(None, rows)
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    lines = []
    for row in rows:
        cells = row or ["─" * width for width in widths]
        placed = [
            cell.rjust(width) if figures and place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append("  ".join(placed).rstrip())
    return lines


_FEW: Final = {1: "st", 2: "nd", 3: "rd"}


def ordinal(number: int) -> str:
    """Return "first", "2nd", "3rd", …, "11th" and so on."""
    if number == 1:
        return "first"
    is_teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if is_teen else _FEW.get(number % 10, 'th')}"
