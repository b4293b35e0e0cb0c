"""Rounds of load generators, for the tests of what is made of them."""

from typing import Any

from benchmarks.generated import Generated


def generated(**given: object) -> Generated:
    """Return a quiet round of ten streams that all ended in time, or as *given*."""
    values: dict[str, Any] = {
        "kind": "raw",
        "streams": 10,
        "seconds": 4.0,
        "ended": 10,
        "events": 200,
        "pace_hz": 50.0,
        "cpu_s": 0.02,
        "server_s": 0.02,
        "foreign": 0.0,
        "lag_p99_ms": 1.0,
        **given,
    }
    return Generated(**values)
