"""The official openai SDK for Node.js, through its streaming helper ``runs.stream``.

Shown live: the text of each delta event, as a program prints it. Final: the helper's
own messages if it has any at the end, which it has unless something went wrong.
"""

from . import CLIENTS
from ._node import OpenAIForNode


@CLIENTS.register
class OpenAINode(OpenAIForNode):
    """The helper of openai 7, with the defaults it ships with."""

    def __init__(self) -> None:
        super().__init__("openai_node", "7.57.0", "helper", retry_after_cap_s=60.0)
