from typing import Any

import msgspec
import pytest

from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.path.toxics import TOXICS, Placed

KINDS = [
    "bandwidth",
    "cut",
    "latency",
    "limit_data",
    "outage",
    "reset_peer",
    "slicer",
    "slow_close",
    "timeout",
]

PLACED: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "milliseconds of delay": (
        "latency",
        {"latency_ms": 40},
        {"latency": 40, "jitter": 0},
    ),
    "kilobytes a second": ("bandwidth", {"rate_kb_per_s": 7}, {"rate": 7}),
    "milliseconds to the FIN": ("slow_close", {"delay_ms": 250}, {"delay": 250}),
    "milliseconds of silence": ("timeout", {"timeout_ms": 90}, {"timeout": 90}),
    "for ever": ("timeout", {"timeout_ms": 0}, {"timeout": 0}),
    "milliseconds to the RST": ("reset_peer", {"timeout_ms": 5}, {"timeout": 5}),
    "bytes and microseconds": (
        "slicer",
        {"slice_bytes": 3, "delay_us": 400},
        {"average_size": 3, "size_variation": 0, "delay": 400},
    ),
    "bytes of a connection": ("limit_data", {"bytes": 633}, {"bytes": 633}),
}

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no delay": ("latency", {"latency_ms": 0}, "from 1 to 600000"),
    "negative delay": ("latency", {"latency_ms": -1}, "from 1 to 600000"),
    "unseeded dice": ("latency", {"jitter_ms": 5}, "unknown field `jitter_ms`"),
    "rate that panics": ("bandwidth", {"rate_kb_per_s": -1}, "from 1"),
    "rate that is a black hole": ("bandwidth", {"rate_kb_per_s": 0}, "from 1"),
    "close in no time": ("slow_close", {"delay_ms": 0}, "from 1"),
    "negative timeout": ("timeout", {"timeout_ms": -5}, "from 0"),
    "endless timeout": ("timeout", {"timeout_ms": 600_001}, "to 600000"),
    "reset that blocks the API": ("reset_peer", {"timeout_ms": 1001}, "to 1000"),
    "size that overflows the stack": ("slicer", {"slice_bytes": 0}, "from 1"),
    "negative size": ("slicer", {"slice_bytes": -4}, "from 1"),
    "variation that panics": ("slicer", {"size_variation": 9}, "unknown field"),
    "negative pause": ("slicer", {"delay_us": -1}, "from 0"),
    "negative limit": ("limit_data", {"bytes": -1}, "from 0"),
    "limit beyond reach": ("limit_data", {"bytes": 10**12 + 1}, "to 1000000000000"),
    "fraction": ("limit_data", {"bytes": 1.5}, "Expected `int`"),
    "unknown direction": ("latency", {"stream": "sideways"}, "sideways"),
    "unknown end": ("cut", {"end": "bang"}, "bang"),
    "unknown place": ("cut", {"byte": "middle"}, "middle"),
    "negative place": ("cut", {"byte": -1}, "from 0"),
    "outage of no time": ("outage", {"down_s": 0}, "above 0"),
    "outage without end": ("outage", {"down_s": 601}, "at most 600"),
    "outage of no number": ("outage", {"down_s": float("nan")}, "above 0"),
    "misspelt setting": ("latency", {"latencyy_ms": 5}, "latencyy_ms"),
}


def test_every_kind_is_one_file() -> None:
    """The toxics are Toxiproxy's seven, the outage and the exact cut."""
    assert TOXICS.names() == KINDS


@pytest.mark.parametrize(("kind", "args", "expected"), PLACED.values(), ids=PLACED)
@pytest.mark.parametrize("stream", ["downstream", "upstream"])
def test_settings_become_toxiproxys_own(
    kind: str, args: dict[str, Any], expected: dict[str, int], stream: str
) -> None:
    """A toxic is placed with the server's names, units and direction."""
    toxic = msgspec.convert({**args, "stream": stream}, TOXICS[kind])
    placed = Placed("f1", kind, stream, expected, 1.0)  # type: ignore[arg-type] # a parameter is any string
    assert toxic.placed("f1", dormant=False) == (placed,)


@pytest.mark.parametrize(("kind", "args", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_harmful_value_is_refused(
    kind: str, args: dict[str, Any], expected: str
) -> None:
    """A value that would do harm, or nothing, never becomes a toxic."""
    with pytest.raises(msgspec.ValidationError, match=expected):
        msgspec.convert(args, TOXICS[kind])


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_types_are_checked_in_python_too(value: object) -> None:
    """A setting given by a program is checked like one from a file."""
    with pytest.raises(ValueError, match=r"latency_ms is .* whole number"):
        TOXICS["latency"](latency_ms=value)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", KINDS)
def test_the_defaults_are_usable(kind: str) -> None:
    """Every toxic can be used without a setting."""
    assert isinstance(msgspec.convert({}, TOXICS[kind]), TOXICS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_the_proof_exists(kind: str) -> None:
    """Every toxic names a proof of its effect that there is."""
    assert TOXICS[kind].proof in PROOFS


def test_disruptive_toxics_can_cost_the_client_something() -> None:
    """Only what ends or swallows a stream is disruptive."""
    disruptive = {kind for kind in KINDS if TOXICS[kind].disruptive}
    assert disruptive == {"cut", "limit_data", "outage", "reset_peer", "timeout"}
