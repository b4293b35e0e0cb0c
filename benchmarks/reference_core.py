"""What an event costs the reference client's core, in microseconds of CPU.

    python -m benchmarks.reference_core

A recorded stream goes through a whole conversation without a socket: decoder,
assembler, machine, and the smallest loop that drives them. It comes one event at a
time, as paced streams do, in the large pieces of a fast one, and in crumbs. The
ratio is to what no client can do without: reading the same data lines as typed JSON
with msgspec. Medians of rounds in which all take turns.
"""

import random
from collections.abc import Sequence
from statistics import median
from time import process_time

import msgspec

from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.machine import conversation
from midstream.harness.reference_client.values import (
    Answer,
    Bytes,
    Call,
    Done,
    ReadMore,
    Response,
    StreamStarted,
)
from midstream.harness.reference_client.wire import WireMessageDelta, WireRun
from midstream.mock_server.core.sse import frame
from midstream.mock_server.library import load

ROUNDS = 31
EVENTS = load("openai_assistants/long_answer").streams()[0].events()
FRAMES = [frame(event.name, event.data) for event in EVENTS]
DELTAS = [e.data.encode() for e in EVENTS if e.name == "thread.message.delta"]
THREAD = msgspec.json.decode(EVENTS[0].data, type=WireRun).thread_id
ANSWERS: dict[str, Answer] = {
    "create_thread": Response(200, body=b'{"id":"%b"}' % THREAD.encode()),
    "add_message": Response(200, body=b'{"id":"m","thread_id":"t","role":"user"}'),
    "create_run": StreamStarted(),
}


def cut(size_bytes: int) -> list[bytes]:
    """Return the stream in pieces of *size_bytes*."""
    stream = b"".join(FRAMES)
    return [stream[at : at + size_bytes] for at in range(0, len(stream), size_bytes)]


def core_us(pieces: Sequence[bytes]) -> float:
    """Hold a conversation whose stream comes in *pieces*; return its cost an event.

    Raises:
        SystemExit: The turn has failed, so that there is nothing to measure.
    """
    machine = conversation(
        ["Why are there tides?"],
        request={"stream": True},
        limits=Limits(),
        random=random.Random(0),
        assistant_id="asst_1",
    )
    answer: Answer = None
    rest = iter(pieces)
    begun_s = process_time()
    while not isinstance(command := machine.advance(answer, 0.0), Done):
        match command:
            case ReadMore():
                answer = Bytes(next(rest))
            case Call():
                answer = ANSWERS[command.what]
            case _:
                answer = None
    used_s = process_time() - begun_s
    if command.claim != "complete":
        raise SystemExit(f"there is nothing to measure: {command.reason}")
    return used_s / len(EVENTS) * 1e6


def bare_us() -> float:
    """Return what it costs an event to read its data line, and nothing else."""
    decode = msgspec.json.Decoder(WireMessageDelta).decode
    begun_s = process_time()
    for line in DELTAS:
        decode(line)
    return (process_time() - begun_s) / len(DELTAS) * 1e6


def main() -> None:
    """Measure and print."""
    cuts = {"one event": FRAMES, "64 KiB": cut(1 << 16), "7 bytes": cut(7)}
    rounds = [(bare_us(), *map(core_us, cuts.values())) for _ in range(ROUNDS)]
    bare, *cores = map(median, zip(*rounds, strict=True))
    print(f"{len(EVENTS)} events, {ROUNDS} rounds, median us of CPU an event")
    print(f"  {'bare typed JSON':22} {bare:6.2f}")
    for name, core in zip(cuts, cores, strict=True):
        print(f"  in pieces of {name:9} {core:6.2f} {core / bare:6.1f} x bare")


if __name__ == "__main__":
    main()
