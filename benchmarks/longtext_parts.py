"""Edge: the parts that a very long answer goes through, each measured by itself.

A part takes a cassette, and whether memory is looked at instead of CPU time: to trace
each allocation takes time of its own. Memory is what Python has allocated at the peak,
beyond what it had before.
"""

import asyncio
import gc
import random
import socket
import sys
import tracemalloc
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic_ns, process_time, thread_time
from typing import Final, TypeAlias

import msgspec

from midstream.harness.clients import CLIENTS
from midstream.harness.oracle.judge import judge
from midstream.harness.path.tap import Tap
from midstream.harness.plan.plan import make_plan
from midstream.harness.record.history import Recorder, TextPlanned, read
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
from midstream.harness.reference_client.wire import WireRun
from midstream.harness.reports.console.progress import Quiet
from midstream.harness.runs.campaign import RunSettings, run_all
from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.core.journal import Entry
from midstream.mock_server.core.sse import frame
from midstream.mock_server.library import load
from midstream.scenarios import Scenario

from .errors import BenchmarkError

_KEY: Final = "sk-bench"
_HEADERS: Final = {"Authorization": f"Bearer {_KEY}", "OpenAI-Beta": "assistants=v2"}
_SETTINGS: Final = SessionSettings(cassettes=(), speed=0, knows_any_assistant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a part took: its CPU time, and the most memory beyond what it had before."""

    cpu_s: float
    peak_bytes: int = 0


Costs: TypeAlias = dict[str, Cost]
Part: TypeAlias = Callable[[Path, bool], Costs]
"""Takes a cassette, and whether memory is looked at."""


def rig(path: Path, _: bool) -> Costs:
    """Run the reference client against *path*; keep the history beside it.

    Raises:
        BenchmarkError: The answer is not proven to be whole.
    """
    scenario = Scenario(
        id=path.stem,
        description="A very long answer.",
        expectation="It is shown as it comes, once, in order.",
        sources=("benchmarks/longtext.py",),
        cassettes=(str(path),),
        phase="none",
        fault_class="ignorable",
        speed=0,
        budget_s=600,
        idle_s=60,
    )
    plan, client = make_plan(scenario), CLIENTS["reference"]()
    with TemporaryDirectory() as folder:
        settings = RunSettings(jobs=1, seed=0, out=Path(folder))
        began_s = process_time()
        done = asyncio.run(run_all([plan], [client], settings, Quiet()))
        cpu_s = process_time() - began_s
        (outcome,) = done.by_client["reference"]
        judged = outcome.judgement
        is_whole = (judged.live, judged.final) == ("equal", "equal")
        if judged.verdict != "UNAFFECTED" or not is_whole:
            raise BenchmarkError(f"{path.stem}: {judged.verdict}: {judged.reason}")
        (outcome.directory / "history.jsonl").rename(history_of(path))
    return {"rig": Cost(cpu_s=cpu_s)}


def history_of(path: Path) -> Path:
    """Return where the history of the run of a cassette is kept."""
    return path.with_suffix(".history")


def server(path: Path, is_traced: bool) -> Costs:
    """Read and render *path*, then stream it once more."""
    return asyncio.run(_server(path, is_traced=is_traced))


async def _server(path: Path, *, is_traced: bool) -> Costs:
    began_s = process_time()
    cassette = load(path)
    loaded_s = process_time() - began_s
    with TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder) / "history.jsonl", monotonic_ns)
        async with MockServer() as serving:
            serving.open_session(
                _KEY,
                _SETTINGS,
                journal=partial(_note, recorder),
                cassettes=[cassette],
            )
            stream = partial(asyncio.to_thread, _stream, serving.port)
            first = await _threaded(stream, is_traced=False)
            again = await _threaded(stream, is_traced=is_traced)
        recorder.close()
    once = loaded_s + first.cpu_s - again.cpu_s
    return {"cassette": Cost(cpu_s=once), "server": again}


def _note(recorder: Recorder, entry: Entry) -> None:
    recorder.add("server", entry)


def _stream(port: int) -> None:
    """Ask for a run in a thread of its own, and read what it says."""
    talk = HTTPConnection("127.0.0.1", port)
    asked = {"messages": [{"role": "user", "content": "Go on."}]}
    thread = msgspec.json.decode(_post(talk, "/v1/threads", asked).read())["id"]
    wanted = {"assistant_id": "asst_1", "stream": True}
    answer = _post(talk, f"/v1/threads/{thread}/runs", wanted)
    while answer.read(1 << 16):
        pass
    talk.close()


def _post(talk: HTTPConnection, path: str, body: Mapping[str, object]) -> HTTPResponse:
    talk.request("POST", path, msgspec.json.encode(body), _HEADERS)
    return talk.getresponse()


def tap(path: Path, is_traced: bool) -> Costs:
    """Let each event of *path* through the tap."""
    return {"tap": asyncio.run(_tap(_frames(path), is_traced=is_traced))}


async def _tap(frames: list[bytes], *, is_traced: bool) -> Cost:
    with (
        TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as upstream,
    ):
        recorder = Recorder(Path(folder) / "history.jsonl", monotonic_ns)
        note = partial(recorder.add, "tap")
        async with Tap(upstream.getsockname()[1], note) as passing:
            feed = partial(asyncio.to_thread, _feed, frames, upstream, passing.port)
            cost = await _threaded(feed, is_traced=is_traced)
        recorder.close()
    return cost


def _feed(frames: list[bytes], upstream: socket.socket, port: int) -> None:
    """Send each frame only when the one before has come through."""
    with socket.create_connection(("127.0.0.1", port)) as taker:
        giver, _ = upstream.accept()
        with giver:
            for data in frames:
                giver.sendall(data)
                left = len(data)
                while left:
                    left -= len(taker.recv(left))


def client(path: Path, is_traced: bool) -> Costs:
    """Let the reference client's core hold the conversation, without a socket."""
    frames = _frames(path)
    first = msgspec.json.decode(frames[0].partition(b"data: ")[2], type=WireRun)
    return {"client": _traced(partial(_talk, frames, first.thread_id), is_traced)}


def _talk(frames: list[bytes], thread: str) -> None:
    """Hold a conversation of one turn, in which *frames* are streamed.

    Raises:
        BenchmarkError: The turn has failed, so that there is nothing to measure.
    """
    answers: dict[str, Answer] = {
        "create_thread": Response(200, body=msgspec.json.encode({"id": thread})),
        "add_message": Response(200, body=b'{"id":"m","thread_id":"t","role":"user"}'),
        "create_run": StreamStarted(),
    }
    machine = conversation(
        ["Go on."],
        request={"stream": True},
        limits=Limits(),
        random=random.Random(0),
        assistant_id="asst_1",
    )
    rest = iter(frames)
    answer: Answer = None
    while not isinstance(command := machine.advance(answer, 0.0), Done):
        match command:
            case ReadMore():
                answer = Bytes(next(rest))
            case Call():
                answer = answers[command.what]
            case _:
                answer = None
    if command.claim != "complete":
        raise BenchmarkError(f"there is nothing to measure: {command.reason}")


def oracle(path: Path, is_traced: bool) -> Costs:
    """Judge the history that `rig` has kept; leave out the tokens of the truth."""
    history = history_of(path)
    cost = _traced(lambda: judge(read(history)), is_traced)
    if not is_traced:
        return {"oracle": cost}
    planned = (r.body for r in read(history) if isinstance(r.body, TextPlanned))
    tokens = [each for body in planned for each in (body.texts, *body.texts)]
    left = cost.peak_bytes - sum(map(sys.getsizeof, tokens))
    return {"oracle": replace(cost, peak_bytes=left)}


PARTS: Final[tuple[Part, ...]] = (server, tap, client, oracle)
"""Those that are looked at by themselves; the oracle needs the history of the rig."""


def _frames(path: Path) -> list[bytes]:
    """Return the frame of each event of *path*."""
    events = load(path).streams()[0].events()
    return [frame(event.name, event.data) for event in events]


def _traced(work: Callable[[], object], is_traced: bool) -> Cost:
    """Return what *work* takes."""
    _begin(is_traced)
    began_s = process_time()
    work()
    return Cost(cpu_s=process_time() - began_s, peak_bytes=_peak_bytes())


async def _threaded(
    work: Callable[[], Coroutine[object, object, None]], *, is_traced: bool
) -> Cost:
    """Return what this thread does while *work* is done in another one."""
    _begin(is_traced)
    began_s = thread_time()
    await work()
    return Cost(cpu_s=thread_time() - began_s, peak_bytes=_peak_bytes())


def _begin(is_traced: bool) -> None:
    gc.collect()
    if is_traced:
        tracemalloc.start()


def _peak_bytes() -> int:
    """Return the most that was allocated, and look no further; 0 if nobody looked."""
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak_bytes
