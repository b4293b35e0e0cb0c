import msgspec
import pytest

from midstream.harness.commands._fault_text import fault_text
from midstream.harness.plan.plan import plan_fault
from midstream.scenarios import FaultEntry

DELTA = "thread.message.delta"
FIRST = "the answer to the first generate request"

TEXTS = {
    "a server fault without a place": (
        {"kind": "comments"},
        f"comments: at the head of {FIRST}; proof: foreign_bytes",
    ),
    "a toxic without a place": (
        {"kind": "latency", "args": {"latency_ms": 250}},
        "latency (latency_ms = 250): on every connection, from the start; proof: delay",
    ),
    "before an event": (
        {"kind": "early_end", "at": {"event": DELTA, "nth": 22}},
        f"early_end: right before the 22nd {DELTA} event in {FIRST}",
    ),
    "behind an event, whose byte is a setting of the toxic": (
        {"kind": "cut", "at": {"event": "done", "byte": "end"}, "args": {"end": "rst"}},
        f"cut (end = rst): right after the first done event in {FIRST}",
    ),
    "at a byte of an event": (
        {"kind": "cut", "at": {"event": DELTA, "nth": 11, "byte": 60}},
        f"cut: after byte 60 of the 11th {DELTA} event in {FIRST}",
    ),
    "inside a character, if reached": (
        {"kind": "cut", "at": {"event": DELTA, "byte": "mid_char"}, "if_reached": True},
        f"cut: inside a character of the first {DELTA} event in {FIRST}, if reached",
    ),
    "several requests": (
        {"kind": "early_end", "at": {"on": "poll", "attempt": 2, "times": 2}},
        "early_end: at the head of the answer to the 2nd to the 3rd poll request",
    ),
    "all requests from one on": (
        {"kind": "early_end", "at": {"on": "poll", "attempt": 3, "times": 0}},
        "early_end: at the head of the answer to every poll request from the 3rd on",
    ),
    "a setting that is a table, at its default": (
        {"kind": "http_status", "at": {"times": 0}},
        (
            "http_status: at the head of the answer to every generate request; "
            "proof: status"
        ),
    ),
}


@pytest.mark.parametrize(("given", "text"), TEXTS.values(), ids=TEXTS)
def test_a_fault_is_said_in_words(given: dict[str, object], text: str) -> None:
    """Kind, settings that are not the default, place, and proof if named otherwise."""
    entry = msgspec.convert(given, FaultEntry)
    assert fault_text(entry, plan_fault(entry, 0, "own")) == f"f1 {text}"
