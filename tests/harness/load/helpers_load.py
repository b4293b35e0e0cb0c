"""Storms and phases for the tests of the load part."""

from typing import Any

import msgspec

from midstream.harness.load.storm.storm import Storm, StormPhase

SHORT = "openai_assistants/short_answer"
DELTA = "thread.message.delta"


def phase(**given: object) -> StormPhase:
    """Return a phase as a file would give it."""
    return msgspec.convert({"name": "p", **given}, StormPhase)


def storm(*phases: dict[str, Any], **given: object) -> Storm:
    """Return a storm of *phases*, as a file would give it; without any, of one."""
    table = {
        "name": "mine",
        "description": "Weather.",
        "cassettes": [SHORT],
        "phases": list(phases) or [{"name": "p"}],
        **given,
    }
    return msgspec.convert(table, Storm)
