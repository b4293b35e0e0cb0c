"""Load tests with Locust: ``locust -f harness/load/locustfile.py``.

``--client`` chooses the client under test, ``--storm`` the faults. See docs/load.md.
"""

from typing import Any

from locust import events

from midstream.harness.load.locust_hooks.client_option import add_option, choose
from midstream.harness.load.locust_hooks.users.reference import ReferenceUser

__all__ = ["ReferenceUser"]


_EVENTS: Any = events  # Locust has no types here
_EVENTS.init_command_line_parser.add_listener(add_option)
_EVENTS.init.add_listener(choose)
