"""The official openai SDK for Node.js: two releases, each used in two ways.

Version 7 is today's. Version 6 is what ``npm install openai`` gives on Node 20: it
checks less, and sleeps as long as a server asks for.

Through the streaming helper ``runs.stream``, each delta event is shown live, as a
program prints it; final are the helper's own messages, which it has unless something
went wrong. Raw (``runs.create({ stream: true })``), what the loop over the events shows
is all there is: no snapshot, no repair.

The tuned ones never ask twice by themselves. Source: docs/wire.md, Recovery algorithm,
point 1: "Send POSTs that create something without automatic retries". All requests of
these adapters are such POSTs.
"""

from typing import Literal

from . import CLIENTS, Client


def _row(
    name: str,
    version: str,
    way: Literal["helper", "raw"],
    *,
    cap_s: float | None,
    retries: int | None = None,
) -> None:
    """Register a client; *cap_s* and *retries* are `OpenAIForNode`'s."""

    def make() -> Client:
        from ._node import OpenAIForNode  # noqa: PLC0415 - slow: not for a list of names

        return OpenAIForNode(
            name, version, way, retry_after_cap_s=cap_s, retries=retries
        )

    CLIENTS.register_as(name, make)


_row("openai_node", "7.57.0", "helper", cap_s=60.0)
_row("openai_node_raw", "7.57.0", "raw", cap_s=60.0)
_row("openai_node_tuned", "7.57.0", "helper", cap_s=60.0, retries=0)
_row("openai_node6", "6.49.0", "helper", cap_s=None)
_row("openai_node6_raw", "6.49.0", "raw", cap_s=None)
_row("openai_node6_tuned", "6.49.0", "helper", cap_s=None, retries=0)
