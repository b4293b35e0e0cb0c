"""Edge: midstream's hooks into Locust. Importing this module registers them.

Each hook calls the `LocustProcess` of its environment.
"""

from typing import Any, Final
from weakref import WeakKeyDictionary

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks import options
from midstream.harness.load.locust_hooks.local import LocalProcess
from midstream.harness.load.locust_hooks.master import Master
from midstream.harness.load.locust_hooks.process import LocustProcess
from midstream.harness.load.locust_hooks.worker import Worker

KEY: Final = "midstream"
"""The key of our data in a worker's report to Locust."""
_PROCESSES: Final[WeakKeyDictionary[Environment, LocustProcess]] = WeakKeyDictionary()


def take_slot(environment: Environment) -> UserSlot:
    """Return a slot for a user in *environment*.

    Raises:
        StopUser: No run is on, or the user's path cannot be made.
    """
    return _PROCESSES[environment].take_slot()


def _process_of(environment: Environment) -> LocustProcess:
    """Return the kind of process that *environment*'s runner asks for."""
    if isinstance(environment.runner, MasterRunner):
        return Master(environment)
    if isinstance(environment.runner, WorkerRunner):
        return Worker(environment)
    return LocalProcess(environment)


def _add_options(parser: Any, **_: object) -> None:  # noqa: ANN401  # Locust's own
    options.add_options(parser)
    options.add_hidden(parser)
    options.stay_home(parser)


def _init(environment: Environment, **_: object) -> None:
    _PROCESSES[environment] = _process_of(environment)
    # Locust calls the last listener first, and ours must run while workers listen.
    _EVENTS.quitting.add_listener(_quitting)


def _test_start(environment: Environment, **_: object) -> None:
    _PROCESSES[environment].begin()


def _test_stopping(environment: Environment, **_: object) -> None:
    _PROCESSES[environment].stop()


def _user_error(exception: Exception, **_: object) -> None:
    for process in _PROCESSES.values():
        process.note_failure(f"{type(exception).__name__}: {exception}")


def _report_to_master(client_id: str, data: dict[str, Any], **_: object) -> None:  # noqa: ARG001  # Locust names it
    for process in _PROCESSES.values():
        data[KEY] = process.report()


def _worker_report(client_id: str, data: dict[str, Any], **_: object) -> None:
    for process in _PROCESSES.values():
        process.hear(client_id, data.get(KEY))


def _quitting(environment: Environment, **_: object) -> None:
    _PROCESSES[environment].finish()


_EVENTS: Any = events  # Locust has no types here
_EVENTS.init_command_line_parser.add_listener(_add_options)
_EVENTS.init.add_listener(_init)
_EVENTS.test_start.add_listener(_test_start)
_EVENTS.test_stopping.add_listener(_test_stopping)
_EVENTS.user_error.add_listener(_user_error)
_EVENTS.report_to_master.add_listener(_report_to_master)
_EVENTS.worker_report.add_listener(_worker_report)
