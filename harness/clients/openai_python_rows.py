"""The official openai SDK for Python, asynchronous, used in two ways.

As shipped, a request that is lost on its way is sent again, up to two times. Through
the streaming helper ``runs.stream``, or raw: ``runs.create(stream=True)``.

The tuned one never asks twice by itself. Source: docs/wire.md, Recovery algorithm,
point 1: "Send POSTs that create something without automatic retries". All requests of
these adapters are such POSTs.
"""

from typing import Literal

from . import CLIENTS, Client


def _row(
    name: str, way: Literal["helper", "raw"], *, retries: int | None = None
) -> None:
    """Register a client; *retries* is `OpenAIForPython`'s."""

    def make() -> Client:
        from ._openai_async import OpenAIForPython  # noqa: PLC0415 - slow: not for a list of names

        return OpenAIForPython(name, way, retries=retries)

    CLIENTS.register_as(name, make)


_row("openai_python", "helper")
_row("openai_python_raw", "raw")
_row("openai_python_tuned", "helper", retries=0)
