"""The option ``--client``: which of midstream's own clients a load run tests."""

from collections.abc import Callable
from typing import Any, Final

from gevent import get_hub
from locust.env import Environment

from midstream.harness.load.locust_hooks.options import (
    CLIENT_NAMES,
    DEFAULT_CLIENT,
    exits_on_mistake,
)
from midstream.harness.load.locust_hooks.users import StreamingUser


def _reference() -> type[StreamingUser]:
    from midstream.harness.load.locust_hooks.users.reference import ReferenceUser  # noqa: PLC0415  # only the one asked for

    return ReferenceUser


def _openai_python() -> type[StreamingUser]:
    from midstream.harness.load.locust_hooks.users.openai_python import OpenAIPythonUser  # noqa: PLC0415  # the same

    return OpenAIPythonUser


_CLIENTS: Final[dict[str, Callable[[], type[StreamingUser]]]] = {
    "reference": _reference,
    "openai_python": _openai_python,
}


def add_option(parser: Any, **_: object) -> None:  # noqa: ANN401  # Locust's own
    """Declare the option on Locust's *parser*, in a group: the page shows no group."""
    parser.add_argument_group("midstream's own clients").add_argument(
        "--client",
        default=DEFAULT_CLIENT,
        choices=CLIENT_NAMES,
        help=f"the client under test ({DEFAULT_CLIENT}); for yours, use a locustfile",
    )


def choose(environment: Environment, **_: object) -> None:
    """Make all users of *environment* use the chosen client.

    Prints an error and exits if the client is not installed.
    """
    given: Any = environment.parsed_options
    with exits_on_mistake():
        environment.user_classes = [_CLIENTS[given.client]()]
    # Importing an SDK takes a second. Locust's timers count from gevent's cached time,
    # which was not updated meanwhile.
    get_hub().loop.update_now()
