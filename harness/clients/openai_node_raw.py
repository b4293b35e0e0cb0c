"""The official openai SDK for Node.js, raw: ``runs.create({ stream: true })``.

The user sees only what the loop over the events shows: no snapshot, no repair.
"""

from . import CLIENTS
from ._node import OpenAIForNode


@CLIENTS.register
class OpenAINodeRaw(OpenAIForNode):
    """The raw stream of openai 7, with the defaults it ships with."""

    def __init__(self) -> None:
        super().__init__("openai_node_raw", "7.57.0", "raw", retry_after_cap_s=60.0)
