r"""Neutral text: the words of a client or server, made harmless for a reader.

No character is dropped: one that could move the cursor, change colours, reverse the
line or break XML is shown as its escape, such as ``\x1b``.
"""

import unicodedata
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
