"""Edge: checks a user's own adapter, one question after another, for its author.

There are no faults here. A client that passes reports all that a run needs; runs then
test what it does when the network breaks.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from midstream.harness.clients import Client
from midstream.harness.plan.workloads import WORKLOADS
from midstream.harness.record.case import PROMISES
from midstream.harness.record.conversation import Conversation
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.level0 import Level0Client
from midstream.harness.runtimes.programs.limits import ProgramLimits
from midstream.harness.runtimes.programs.program import ProgramClient
from midstream.harness.runtimes.programs.protocol import Hello
from midstream.harness.runtimes.programs.speaker import Speaker
from midstream.mock_server import MockServer, SessionSettings

from .advice import HELLO, remedy, why
from .rehearsal import Rehearsed, rehearse

_PLAIN: Final = {
    "baseline/short_answer": "shows an answer, settles and ends",
    "baseline/two_messages": "keeps two messages of one run apart",
    "baseline/multilingual": "shows text of any script unharmed",
    "baseline/failed": "does not call a failed run complete",
}
_SECOND_TURN: Final = ("baseline/two_turns", "goes on in the same conversation")
_TOOL: Final = ("baseline/function_tool", "runs a tool and sends its output")
_LONG: Final = SessionSettings(cassettes=("openai_assistants/long_answer",))
_FIRST_WORD_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class ExaminationAnswer:
    """The answer to one question: "yes", "no", or a "note", which fails nothing.

    *why* says what was seen, *advice* what to add to the program.
    """

    verdict: Literal["yes", "no", "note"]
    text: str
    why: tuple[str, ...] = ()
    advice: str = ""


async def examine(
    argv: Sequence[str], level: int | None, limits: ProgramLimits | None = None
) -> AsyncIterator[ExaminationAnswer]:
    """Ask all questions of the program *argv*; with *level* 0 it has no protocol.

    Raises:
        UnavailableError: There is no such program.
    """
    limits = limits or ProgramLimits()
    async with MockServer() as server:
        if level == 0:
            client = Level0Client(argv, limits)
            yield ExaminationAnswer("yes", f"is a program: {client.info().name}")
            async for answer in _talks(server, client, _PLAIN):
                yield answer
            return
        try:
            speaker = await Speaker.start(argv, limits)
        except ProgramError as error:
            advice = f"write this line first, and flush: {HELLO}"
            yield ExaminationAnswer("no", "says hello", (str(error),), advice)
            return
        async for answer in _spoken(server, argv, speaker, limits):
            yield answer


async def _spoken(
    server: MockServer, argv: Sequence[str], speaker: Speaker, limits: ProgramLimits
) -> AsyncIterator[ExaminationAnswer]:
    """Ask all questions of a program that has sent its hello; end *speaker*."""
    hello = speaker.hello
    for answer in _introduction(hello):
        yield answer
    client = ProgramClient(argv, limits)
    try:
        async for answer in _talks(server, client, _questions(hello)):
            yield answer
        if hello.concurrency > 1:
            yield await _together(server, client)
        yield await _cancels(server, speaker)
        if speaker.trouble is not None:
            speaker = await Speaker.start(argv, limits)
        yield _parting(await speaker.bye())
    finally:
        await speaker.kill()
        await client.aclose()


def _introduction(hello: Hello) -> Iterator[ExaminationAnswer]:
    """Yield the client's name and level, and notes on its capabilities."""
    jobs = "one job" if hello.concurrency == 1 else f"{hello.concurrency} jobs"
    who = f"{hello.name} {hello.version}, level {hello.level}, {jobs} at a time"
    yield ExaminationAnswer("yes", f"says hello: {who}")
    needs = {need for name in WORKLOADS for need in WORKLOADS[name].needs}
    known = needs.union(PROMISES)
    strange = sorted(set(hello.capabilities) - known)
    if strange:
        asked = f"known: {', '.join(sorted(known))}"
        yield ExaminationAnswer(
            "note", f"no scenario asks for {', '.join(strange)}", (asked,)
        )
    if "tools" not in hello.capabilities:
        advice = 'if your client runs tools, add to hello: "capabilities":["tools"]'
        yield ExaminationAnswer(
            "note", "claims no tools, so scenarios with tools are skipped", (), advice
        )


def _questions(hello: Hello) -> dict[str, str]:
    """Return the scenarios to try, and the question of each."""
    tools = [_TOOL] if "tools" in hello.capabilities else []
    return {**_PLAIN, **dict([_SECOND_TURN, *tools])}


async def _talks(
    server: MockServer, client: Client, questions: dict[str, str]
) -> AsyncIterator[ExaminationAnswer]:
    """Hold a conversation for each question."""
    for scenario, text in questions.items():
        rehearsed = await rehearse(server, client, scenario)
        yield _answer(text, rehearsed, wants_tools=scenario == _TOOL[0])


def _answer(text: str, rehearsed: Rehearsed, *, wants_tools: bool) -> ExaminationAnswer:
    reasons = why(rehearsed)
    if not reasons:
        return ExaminationAnswer("yes", text)
    advice = remedy(rehearsed, wants_tools=wants_tools)
    return ExaminationAnswer("no", text, tuple(reasons), advice)


async def _together(server: MockServer, client: Client) -> ExaminationAnswer:
    """Hold two conversations at once, as the client has claimed that it can."""
    both = ("baseline/short_answer", "baseline/multilingual")
    talks = await asyncio.gather(*(rehearse(server, client, name) for name in both))
    reasons = tuple(reason for talk in talks for reason in why(talk))
    text = "serves several jobs at once"
    advice = 'keep jobs apart by "job", or leave "concurrency" out of hello'
    return (
        ExaminationAnswer("no", text, reasons, advice)
        if reasons
        else ExaminationAnswer("yes", text)
    )


async def _cancels(server: MockServer, speaker: Speaker) -> ExaminationAnswer:
    """Cancel a long conversation after its first text."""
    key, text = "sk-midstream-check-cancel", "stops when it is told to"
    server.open_session(key, _LONG)
    ops = speaker.converse(
        Conversation(base_url=server.base_url, api_key=key, turns=("Go on.",))
    )
    try:
        with suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(_FIRST_WORD_S):
                await anext(ops)
        await ops.aclose()
    except ProgramError as error:
        return ExaminationAnswer("no", text, (str(error),))
    finally:
        await server.close_session(key)
    if speaker.trouble is None:
        return ExaminationAnswer("yes", text)
    seen = (f"{speaker.trouble}; runs will kill the process and start another",)
    advice = 'on {"do":"cancel","job":"j1"} stop, and write {"op":"end","job":"j1"}'
    return ExaminationAnswer("note", "does not stop when it is told to", seen, advice)


def _parting(trouble: str) -> ExaminationAnswer:
    text = "exits when it is told to"
    if not trouble:
        return ExaminationAnswer("yes", text)
    advice = 'exit with status 0 on {"do":"bye"}, or when standard input ends'
    return ExaminationAnswer("no", text, (trouble,), advice)
