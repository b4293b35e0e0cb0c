"""The helper of openai 7 for Node.js, with its automatic retries off.

Source: docs/wire.md, Recovery algorithm, point 1: "Send POSTs that create something
without automatic retries". All requests of this adapter are such POSTs.

Shown live: the text of each delta event, as a program prints it. Final: the helper's
own messages if it has any at the end, which it has unless something went wrong.
"""

from . import CLIENTS
from ._node import OpenAIForNode


@CLIENTS.register
class OpenAINodeTuned(OpenAIForNode):
    """The helper of openai 7, which never repeats a request by itself."""

    def __init__(self) -> None:
        super().__init__(
            "openai_node_tuned", "7.57.0", "helper", retry_after_cap_s=60.0, retries=0
        )
