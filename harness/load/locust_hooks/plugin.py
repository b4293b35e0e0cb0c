"""Edge: midstream's hooks into Locust. Importing this registers them.

What they do is in `node` and beside it: each hook finds its process's node and hands
on.
"""

from typing import Any, Final
from weakref import WeakKeyDictionary

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from midstream.harness.load.generator.generator import Seat
from midstream.harness.load.locust_hooks import options
from midstream.harness.load.locust_hooks.local import Alone
from midstream.harness.load.locust_hooks.master import Master
from midstream.harness.load.locust_hooks.process import LocustProcess
from midstream.harness.load.locust_hooks.worker import Worker

KEY: Final = "midstream"
"""Where in a worker's report ours is."""
_NODES: Final[WeakKeyDictionary[Environment, LocustProcess]] = WeakKeyDictionary()


def take_seat(environment: Environment) -> Seat:
    """Return a seat for a user in *environment*.

    Raises:
        StopUser: There is no run to take part in.
    """
    return _NODES[environment].take_seat()


def _node_of(environment: Environment) -> LocustProcess:
    """Return the node that a process is, by its runner."""
    if isinstance(environment.runner, MasterRunner):
        return Master(environment)
    if isinstance(environment.runner, WorkerRunner):
        return Worker(environment)
    return Alone(environment)


def _add_options(parser: Any, **_: object) -> None:  # noqa: ANN401  # Locust's own
    options.add_options(parser)
    options.add_hidden(parser)
    options.stay_home(parser)


def _init(environment: Environment, **_: object) -> None:
    _NODES[environment] = _node_of(environment)
    # The last who listen are told first: we must be told while workers still listen.
    _EVENTS.quitting.add_listener(_quitting)


def _test_start(environment: Environment, **_: object) -> None:
    _NODES[environment].begin()


def _test_stopping(environment: Environment, **_: object) -> None:
    _NODES[environment].stop()


def _user_error(exception: Exception, **_: object) -> None:
    for node in _NODES.values():
        node.note_failure(f"{type(exception).__name__}: {exception}")


def _report_to_master(client_id: str, data: dict[str, Any], **_: object) -> None:  # noqa: ARG001  # Locust names it
    for node in _NODES.values():
        data[KEY] = node.report()


def _worker_report(client_id: str, data: dict[str, Any], **_: object) -> None:
    for node in _NODES.values():
        node.hear(client_id, data.get(KEY))


def _quitting(environment: Environment, **_: object) -> None:
    _NODES[environment].finish()


_EVENTS: Any = events  # Locust has no types here
_EVENTS.init_command_line_parser.add_listener(_add_options)
_EVENTS.init.add_listener(_init)
_EVENTS.test_start.add_listener(_test_start)
_EVENTS.test_stopping.add_listener(_test_stopping)
_EVENTS.user_error.add_listener(_user_error)
_EVENTS.report_to_master.add_listener(_report_to_master)
_EVENTS.worker_report.add_listener(_worker_report)
