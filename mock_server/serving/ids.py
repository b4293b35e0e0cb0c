"""Ids as the provider makes them, drawn from a seed.

Source: docs/research/wire.md, Objects: a prefix and 24 letters or digits. A request's
id is ``req_`` and 32 hex digits.
"""

from collections.abc import Callable
from random import Random
from string import ascii_letters, digits

_BASE62 = ascii_letters + digits
_LETTERS = bytes(_BASE62[byte % len(_BASE62)].encode()[0] for byte in range(256))
_LENGTH, _REQUEST_LENGTH = 24, 32


def source(seed: int) -> Callable[[str], str]:
    """Return a function from a prefix to a new id; one seed, one sequence."""
    bits = Random(seed).getrandbits

    def new_id(prefix: str) -> str:
        if prefix == "req_":
            return f"{prefix}{bits(4 * _REQUEST_LENGTH):0{_REQUEST_LENGTH}x}"
        drawn = bits(8 * _LENGTH).to_bytes(_LENGTH, "little")
        return prefix + drawn.translate(_LETTERS).decode()

    return new_id
