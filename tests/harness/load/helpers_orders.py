"""Orders of load runs for the tests of who carries them out."""

from typing import Any

from midstream.harness.load.storm.load_order import LoadOrder
from midstream.harness.load.storm.storm import Storm
from midstream.harness.path.toxiproxy.running import Running
from midstream.mock_server.control.addresses import Served
from tests.harness.load.helpers_load import storm

SERVED = Served(base_url="http://127.0.0.1:1/v1", pid=1)
TOXIPROXY = Running(address="127.0.0.1:8474", version="2.12.0", pid=7)


def order(of: Storm | None = None, **given: object) -> LoadOrder:
    """Return the order of a run of ten seconds with ten users, or as *given*."""
    changes: dict[str, Any] = {
        "storm": of or storm(),
        "seed": 3,
        "users": 10,
        "workers": 1,
        "run_s": 10.0,
        "began_at_s": 1_700_000_000.0,
        "servers": (SERVED,),
        **given,
    }
    return LoadOrder(**changes)
