"""Deep Chat in a real browser, told to stream in either of two ways.

`connect` is the component's object for requests; `stream` in it is how its
documentation says to stream. Before release 2.0, `stream` stood on the component
itself. 2.4.2 still takes it there, and says on the console that the property has been
moved to the connect object.
"""

from collections.abc import Mapping
from typing import Any, Final

from . import CLIENTS, Client

PROPERTIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "deep_chat": {"connect": {"stream": True}},
    "deep_chat_legacy": {"stream": True},
}
"""What the component is given, by the client's name."""


def _row(name: str, properties: Mapping[str, Any]) -> None:
    """Register the client that gives the component *properties*."""

    def make() -> Client:
        from ._deep_chat import DeepChat  # noqa: PLC0415 - slow: not for a list of names

        return DeepChat(name, properties)

    CLIENTS.register_as(name, make)


for _name, _properties in PROPERTIES.items():
    _row(_name, _properties)
