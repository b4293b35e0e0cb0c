"""Starts a fake server, with or without faults, in a Python program or a test."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from midstream.explain import explain
from midstream.harness.errors import ScenarioError
from midstream.harness.plan.fitting import require_fitting
from midstream.harness.plan.plan import plan_fault
from midstream.mock_server import (
    Cassette,
    Injection,
    MockServer,
    SessionSettings,
    load,
)
from midstream.scenarios import FaultEntry


def serve(
    *cassettes: str, speed: float = 1.0, faults: Sequence[Mapping[str, Any]] = ()
) -> MockServer:
    """Return a server that listens on a free loopback port inside its ``async with``.

        async with serve("openai_assistants/long_answer", speed=0) as server:
            ...  # point a client at server.base_url

    Any API key works. Each key has threads and runs of its own, and gets all of
    *faults*.

    Args:
        cassettes: Names of recorded answers, or ``.jsonl`` files. The first one answers
            the first turn of a thread, and so on; the last one answers all further
            turns. Without any, a short answer is served.
        speed: 1.0 plays at recorded pace, 2.0 twice as fast, 0 without any waiting.
        faults: Mappings with the keys of a ``[[faults]]`` table of a scenario: *kind*,
            and *at* and *args* if needed. Only faults of the server can be used here:
            toxics need Toxiproxy, so they need `run`.

    Raises:
        UnknownNameError: No cassette or fault has that name.
        CassetteError: A cassette cannot be read.
        ScenarioError: A fault is misspelled, is a toxic, or cannot act on these
            recordings.
    """
    settings = SessionSettings(speed=speed, knows_any_assistant=True)
    if cassettes:
        settings = msgspec.structs.replace(settings, cassettes=cassettes)
    recorded = [load(name) for name in settings.cassettes]
    injections = [
        _injection(fault, index, recorded) for index, fault in enumerate(faults)
    ]
    return MockServer(accept_any_key=True, default=settings, injections=injections)


def _injection(
    fault: Mapping[str, Any], index: int, recorded: Sequence[Cassette]
) -> Injection:
    place = f"faults[{index}]"
    try:
        entry = msgspec.convert(dict(fault), FaultEntry)
    except msgspec.ValidationError as error:
        problem = explain(str(error), FaultEntry)
        raise ScenarioError(f"{place}: {problem}") from error
    planned = plan_fault(entry, index, place)
    if planned.server is None or planned.position is None:
        raise ScenarioError(
            f"{place}: {entry.kind!r} is a toxic, which needs Toxiproxy; "
            "midstream.run breaks the network, serve breaks the protocol only"
        )
    require_fitting(planned, recorded, place)
    return Injection(name=planned.armed.id, at=planned.position, fault=planned.server)
