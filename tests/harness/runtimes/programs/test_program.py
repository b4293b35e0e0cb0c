import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, Settle
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.limits import ProgramLimits
from midstream.harness.runtimes.programs.program import ProgramClient
from tests.harness.runtimes.programs.helpers_programs import (
    GOOD,
    IMPATIENT,
    MARK,
    QUICK,
    TALK,
    alive,
    said,
    script,
    talker,
)
from tests.helpers import until

pytestmark = pytest.mark.process

BAD = {
    "rubbish": (
        talker("print('hello world', flush=True); hear()"),
        "protocol error, line 2: 'hello world': it is not JSON",
    ),
    "a huge line": (
        talker("print('x' * 3_000_000, flush=True); hear()"),
        "protocol error, line 2: a line of more than 2000000 bytes",
    ),
    "a job that is unknown": (
        talker("say('end', job='j7'); hear()"),
        "protocol error, line 2: there is no job 'j7'",
    ),
    "a wrong type": (
        talker("say('settle', job=job, turn='0', claim='complete'); hear()"),
        "protocol error, line 2: '{.*\\$.turn: Expected `int`, got `str`",
    ),
    "operations before hello": (
        script("say('end', job='j1'); hear()"),
        "protocol error, line 1: the first line",
    ),
    "a flood": (
        talker("while True: say('notice', job=job, text='x')"),
        "protocol error, line 502: .* more than 500 operations",
    ),
    "an exit": (
        talker("sys.exit('Oh no.')"),
        "it ended with exit status 1; on standard error: Oh no.",
    ),
    "a signal": (
        talker("os.kill(os.getpid(), signal.SIGSEGV)"),
        "it was ended by SIGSEGV",
    ),
    "an exit before hello": (script("sys.exit(3)"), "it ended with exit status 3"),
    "a closed output": (
        talker("os.close(1); time.sleep(600)"),
        "it closed its standard output",
    ),
    "a crash that is told": (
        talker("say('end', job=job, crash='TypeError: x')"),
        "crash: TypeError: x",
    ),
    "no hello": (script("time.sleep(600)"), "no hello on standard output within 0.5 s"),
}
BAD_LIMITS = ProgramLimits(hello_s=0.5, ops_max=500, term_s=0.2)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Look, after each test, for a process that it has left behind."""
    yield
    assert not alive(MARK)


@pytest.mark.parametrize(("argv", "why"), BAD.values(), ids=BAD)
async def test_what_a_program_does_wrong_ends_its_conversation(
    argv: list[str], why: str
) -> None:
    """Each is the client's fault, said plainly, and never a hang of ours."""
    limits = ProgramLimits(hello_s=20.0, ops_max=500, term_s=0.2, line_bytes=2_000_000)
    if argv is BAD["no hello"][0]:
        limits = BAD_LIMITS
    client = ProgramClient(argv, limits)
    async with asyncio.timeout(60):
        with pytest.raises(ProgramError, match=why):
            await said(client.converse(TALK))
        await client.aclose()


async def test_what_was_said_before_the_fault_is_not_lost() -> None:
    """Operations come first, then the error."""
    client = ProgramClient(
        talker("say('append', job=job, message='m', text='a'); print('?', flush=True)"),
        QUICK,
    )
    ops = client.converse(TALK)
    assert await anext(ops) == Append(message="m", text="a")
    with pytest.raises(ProgramError, match="line 3"):
        await anext(ops)
    await client.aclose()


def test_the_client_is_called_what_its_hello_says() -> None:
    """Its program is started for that, and only once."""
    client = ProgramClient(script(GOOD), QUICK)
    assert client.info().name == "tiny"
    assert client.info() is not None


async def test_who_it_is_can_be_asked_inside_an_event_loop() -> None:
    """The answer comes whether or not a loop is running."""
    assert ProgramClient(script(GOOD), QUICK).info().level == 1


async def test_one_process_serves_one_job_after_another() -> None:
    """The second job gets the process of the first."""
    client = ProgramClient(script(GOOD), QUICK)
    expected = [Append(message="m", text="Hi."), Settle(turn=0, claim="complete")]
    assert await said(client.converse(TALK)) == expected
    pids = [speaker.pid for speaker in client._speakers]
    assert await said(client.converse(TALK)) == expected
    assert [speaker.pid for speaker in client._speakers] == pids
    await client.aclose()


async def test_jobs_at_once_get_processes_of_their_own() -> None:
    """A program that takes one job at a time is started as often as it needs to be."""
    client = ProgramClient(script(GOOD), QUICK)
    talks = [said(client.converse(TALK)) for _ in range(3)]
    assert len({len(ops) for ops in await asyncio.gather(*talks)}) == 1
    assert len(client._speakers) == 3
    await client.aclose()


async def test_a_program_that_takes_several_jobs_gets_them() -> None:
    """Two jobs at once, in one process, and their operations are kept apart."""
    body = GOOD.replace("print(hello", "print(hello[:-1] + ',\"concurrency\":2}'")
    wait = "    first = order\n    order = hear()\n"
    swap = "    say('end', job=first['job'])\n"
    body = body.replace('    say("append"', wait + '    say("append"') + swap
    client = ProgramClient(script(body), QUICK)
    client.info()
    one, two = await asyncio.gather(
        *(said(client.converse(_saying(text))) for text in ("a", "b"))
    )
    assert len(client._speakers) == 1
    assert (len(one), two[0]) == (0, Append(message="m", text="b"))
    await client.aclose()


def _saying(text: str) -> Conversation:
    return Conversation(base_url="http://127.0.0.1:9/v1", api_key="k", turns=(text,))


async def test_a_cancelled_job_that_ends_leaves_its_process() -> None:
    """The next job gets the same process."""
    body = """\
    say("append", job=job, message="m", text="a")
    assert hear() == {"do": "cancel", "job": job}
    say("append", job=job, message="m", text="too late, and nobody hears it")
    say("end", job=job)
    hear()
    """
    client = ProgramClient(talker(body), QUICK)
    async with aclosing(client.converse(TALK)) as ops:
        await anext(ops)
    assert client._free() is not None
    await client.aclose()


async def test_a_cancelled_job_that_goes_on_costs_its_process() -> None:
    """It is ended in time, flood or not, and the next job gets another one."""
    body = "while True: say('append', job=job, message='m', text='x' * 1000)"
    client = ProgramClient(talker(body), IMPATIENT)
    async with asyncio.timeout(10), aclosing(client.converse(TALK)) as ops:
        await anext(ops)
    assert client._free() is None
    await client.aclose()


async def test_a_program_that_nobody_reads_has_to_wait() -> None:
    """What it floods us with stays in its pipe, not in our memory."""
    body = "while True: say('append', job=job, message='m', text='x' * 1000)"
    client = ProgramClient(talker(body), IMPATIENT)
    async with aclosing(client.converse(TALK)) as ops:
        await anext(ops)
        (speaker,) = client._speakers
        (errand,) = speaker._pending.values()
        await until(errand._waiting.full)
        lines = speaker._dialogue.lines
        for _ in range(2000):
            await asyncio.sleep(0)
        assert speaker._dialogue.lines <= lines + 1
    await client.aclose()


async def test_a_neighbour_may_finish_what_it_began() -> None:
    """One job that does not stop when cancelled is not held against another."""
    body = """\
    print(hello[:-1] + ',"concurrency":2}', flush=True)
    one, two = hear()["job"], hear()["job"]
    say("append", job=one, message="m", text="a")
    assert hear()["do"] == "cancel"
    time.sleep(0.4)
    say("settle", job=two, turn=0, claim="complete")
    say("end", job=two)
    time.sleep(600)
    """
    client = ProgramClient(script(body), IMPATIENT)
    client.info()
    first = client.converse(TALK)
    word = asyncio.ensure_future(anext(first))
    second = asyncio.ensure_future(said(client.converse(TALK)))
    await word
    await first.aclose()
    assert await second == [Settle(turn=0, claim="complete")]
    assert client._free() is None
    await client.aclose()


async def test_a_program_that_ignores_bye_is_ended() -> None:
    """Nobody waits for it longer than is granted, and it is said."""
    client = ProgramClient(
        talker("say('end', job=job)\nwhile True: time.sleep(1)"), IMPATIENT
    )
    await said(client.converse(TALK))
    (speaker,) = client._speakers
    assert await speaker.bye() == "it did not exit within 0.3 s"
    assert speaker.is_over


async def test_a_word_after_the_last_job_is_noticed() -> None:
    """What comes between the end and the exit is said to be too much."""
    body = "say('end', job=job)\nhear()\nsay('notice', job=job, text='P.S.')"
    client = ProgramClient(talker(body), QUICK)
    await said(client.converse(TALK))
    (speaker,) = client._speakers
    assert "after its last job: protocol error, line 3" in (await speaker.bye())
