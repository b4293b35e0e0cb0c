import asyncio

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.record.ops import Append, Notice, Settle
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.level0 import Level0Client, program_name
from midstream.harness.runtimes.programs.limits import ProgramLimits
from tests.harness.runtimes.programs.helpers_programs import QUICK, TALK, said, script

pytestmark = pytest.mark.process

PRINTED = {
    "a line": ("print('Hi')", "Hi"),
    "a line whose text ends in a line end": ("print('Hi\\n')", "Hi\n"),
    "no line end": ("print('Hi', end='')", "Hi"),
    "nothing": ("pass", ""),
    "a character in two pieces": (
        "for b in 'é\\n'.encode(): os.write(1, bytes([b])); time.sleep(0.01)",
        "é",
    ),
    "half a character": ("os.write(1, b'a\\n\\xc3')", "a\n\ufffd"),
    "what it was asked": ("print(sys.stdin.read())", "Hi."),
    "where and with which key": (
        "print(os.environ['OPENAI_BASE_URL'], os.environ['OPENAI_API_KEY'])",
        "http://127.0.0.1:9/v1 k",
    ),
}
NAMES = {
    ("python", "-u", "dir/my_client.py", "--fast"): "my_client",
    ("node", "a.mjs"): "a",
    ("/usr/bin/answer",): "answer",
    ("./-.sh",): "program",
    ("sh", "-c", "what ever"): "sh",
}


@pytest.mark.parametrize(("body", "text"), PRINTED.values(), ids=PRINTED)
async def test_what_is_printed_is_the_answer(body: str, text: str) -> None:
    """But for the one line end that printing adds; exit code 0 calls it complete."""
    *shown, settle = await said(Level0Client(script(body), QUICK).converse(TALK))
    assert "".join(op.text for op in shown if isinstance(op, Append)) == text
    assert settle == Settle(turn=0, claim="complete", reason="exit status 0")


async def test_another_exit_code_is_an_honest_failure() -> None:
    """What stands on standard error is what the user was told."""
    client = Level0Client(script("sys.exit('The stream broke.')"), QUICK)
    assert await said(client.converse(TALK)) == [
        Notice(text="The stream broke."),
        Settle(turn=0, claim="failed", reason="exit status 1"),
    ]


async def test_a_signal_is_a_crash() -> None:
    """No program claims anything by dying."""
    client = Level0Client(script("os.kill(os.getpid(), signal.SIGSEGV)"), QUICK)
    with pytest.raises(ProgramError, match="it was ended by SIGSEGV"):
        await said(client.converse(TALK))


async def test_a_flood_ends_by_itself() -> None:
    """What one program may print is bounded."""
    client = Level0Client(
        script("while True: print('x' * 1000)"), ProgramLimits(answer_bytes=10_000)
    )
    async with asyncio.timeout(10):
        with pytest.raises(ProgramError, match="it printed more than 10000 bytes"):
            await said(client.converse(TALK))


@pytest.mark.parametrize(("argv", "name"), NAMES.items(), ids=NAMES.values())
def test_it_is_called_what_its_file_is(argv: tuple[str, ...], name: str) -> None:
    """A script's name says more than its interpreter's."""
    assert program_name(argv) == name


def test_it_must_be_there() -> None:
    """A command that starts nothing is noticed before anything runs."""
    with pytest.raises(UnavailableError, match="'no-such' is not a program"):
        Level0Client(["no-such"]).info()
