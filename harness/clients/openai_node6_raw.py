"""The raw stream of openai 6 for Node.js: ``npm install openai`` gives it on Node 20.

The user sees only what the loop over the events shows: no snapshot, no repair.
"""

from . import CLIENTS
from ._node import OpenAIForNode


@CLIENTS.register
class OpenAINode6Raw(OpenAIForNode):
    """The raw stream of openai 6, with the defaults it ships with."""

    def __init__(self) -> None:
        super().__init__("openai_node6_raw", "6.49.0", "raw", retry_after_cap_s=None)
