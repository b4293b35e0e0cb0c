"""The helper of openai 6 for Node.js, which ``npm install openai`` gives on Node 20.

It checks less than version 7, and sleeps for as long as a server asks.

Shown live: the text of each delta event, as a program prints it. Final: the helper's
own messages if it has any at the end, which it has unless something went wrong.
"""

from . import CLIENTS
from ._node import OpenAIForNode


@CLIENTS.register
class OpenAINode6(OpenAIForNode):
    """The helper of openai 6, with the defaults it ships with."""

    def __init__(self) -> None:
        super().__init__("openai_node6", "6.49.0", "helper", retry_after_cap_s=None)
