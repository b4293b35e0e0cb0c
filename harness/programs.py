"""The programs of ours that run as processes of their own: the one table of them.

Elsewhere no string names a module of ours. (The other table of modules, in `midstream`
itself, is that of the public names.)
"""

from enum import Enum

from midstream.mock_server.control import processes


class Program(Enum):
    """A program of ours; its value is its module.

    Nothing in the working directory can stand in for a module of its: see
    `processes.python`.
    """

    SERVER = "midstream.mock_server"
    TOXIPROXY = "midstream.harness.path.toxiproxy"
    OUTAGES = "midstream.harness.load.controller.outages"
    LOCUST = "midstream.harness.load"
    LOCUSTFILE_CHECK = "midstream.harness.load.locust_hooks.locustfile_check"

    def argv(self, *args: str) -> tuple[str, ...]:
        """Return the command that runs it with *args*."""
        return processes.python(self.value, *args)
