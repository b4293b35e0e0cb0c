"""Deep Chat in a real browser, told to stream in the way of releases before 2.0.

`stream` was a property of the component itself then. 2.4.2 still accepts it there, and
says on the console that the property has been moved to the connect object.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from . import CLIENTS
from .deep_chat import DeepChat


@CLIENTS.register
class DeepChatLegacy(DeepChat):
    """The component with ``stream = true`` at its root."""

    name: ClassVar[str] = "deep_chat_legacy"
    properties: ClassVar[Mapping[str, Any]] = {"stream": True}
