import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.child import Child, obituary
from midstream.harness.runtimes.programs.limits import ProgramLimits
from tests.harness.runtimes.programs.helpers_programs import QUICK, alive, script
from tests.helpers import until

pytestmark = pytest.mark.process

FAMILY = """\
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", MARK])
print("ready", flush=True)
time.sleep(600)
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


async def test_a_program_gets_no_secret_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its environment is an allow-list with fake keys and a home of its own."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    child = await Child.start(script("print(json.dumps(dict(os.environ)))"), QUICK)
    seen = json.loads(await child.line() or b"")
    await child.end()
    assert "sk-real" not in str(seen)
    allowed = {"PATH", "HOME", "LANG", "TMPDIR", "LC_CTYPE"}
    assert {name for name in seen if not name.startswith("OPENAI_")} <= allowed
    assert seen["OPENAI_BASE_URL"] == "http://127.0.0.1:9/v1"
    assert seen["HOME"] != os.environ["HOME"]
    assert not os.path.exists(seen["HOME"])  # noqa: ASYNC240, PTH110 - at once


async def test_no_shell_reads_the_arguments() -> None:
    """What a shell would expand or run reaches the program as it is."""
    words = ["$HOME", "; echo x", "*"]
    argv = [*script("print(json.dumps(sys.argv[1:]))"), *words]
    child = await Child.start(argv, QUICK)
    assert json.loads(await child.line() or b"") == words
    await child.end()


@pytest.mark.parametrize("deaf", ["", DEAF], ids=["SIGTERM", "SIGKILL"])
async def test_nothing_is_left_of_a_program_that_is_ended(
    deaf: str, tmp_path: Path
) -> None:
    """It ends with all it has started, even if it does not want to."""
    mark = str(tmp_path)
    child = await Child.start(script(deaf + FAMILY.replace("MARK", repr(mark))), QUICK)
    assert await child.line() == b"ready"
    assert alive(mark)
    await child.end()
    await until(lambda: not alive(mark))


async def test_nothing_is_left_of_a_program_that_ends_by_itself(tmp_path: Path) -> None:
    """What it has started does not outlive it, and does not hold its pipes."""
    mark = str(tmp_path)
    family = FAMILY.replace("MARK", repr(mark)).replace("time.sleep(600)\n", "\n")
    child = await Child.start(script(family), QUICK)
    assert await child.line() == b"ready"
    assert await child.line() is None
    await until(lambda: not alive(mark))
    await child.end()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to us")
async def test_a_program_ends_when_the_harness_is_killed(tmp_path: Path) -> None:
    """The kernel ends it, for we cannot any more."""
    mark = str(tmp_path)
    argv = [*script("print('ready', flush=True)\ntime.sleep(600)"), mark]
    harness = f"""
import asyncio
from midstream.harness.runtimes.programs.child import Child
from midstream.harness.runtimes.programs.limits import ProgramLimits
async def main():
    child = await Child.start({argv!r}, ProgramLimits())
    print(await child.line(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    with subprocess.Popen(  # noqa: ASYNC220, S603 - ours, and short
        [sys.executable, "-c", harness],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # what it leaves behind
    ) as process:
        assert process.stdout is not None
        assert b"ready" in await asyncio.to_thread(process.stdout.readline)
        process.send_signal(signal.SIGKILL)
    await until(lambda: not alive(mark))


async def test_a_line_may_be_only_so_long() -> None:
    """A huge line is refused while it comes, not when all of it is in memory."""
    limits = ProgramLimits(line_bytes=1000)
    child = await Child.start(script("print('x' * 10**7)"), limits)
    with pytest.raises(ProgramError, match="a line of more than 1000 bytes"):
        await child.line()
    await child.end()


async def test_a_last_line_needs_no_end() -> None:
    """What stands before the end of output is a line as well."""
    child = await Child.start(script("print('a\\nb', end='')"), QUICK)
    assert [await child.line() for _ in range(3)] == [b"a", b"b", None]
    await child.end()


async def test_the_end_of_standard_error_is_kept_and_made_harmless() -> None:
    """The last 4 KiB stay; nothing in them can move a cursor."""
    body = "sys.stderr.write('x' * 100_000 + '\\n\\x1b[2Jlast words')"
    child = await Child.start(script(body), QUICK)
    assert await child.line() is None
    assert await child.exit(5.0) == 0
    await child.end()
    assert child.stderr.endswith("\n\\x1b[2Jlast words")
    assert 4000 < len(child.stderr) < 4200


async def test_a_program_that_is_not_there_is_named() -> None:
    """The message has the word that was typed."""
    with pytest.raises(UnavailableError, match="'no-such-program' is not a program"):
        await Child.start(["no-such-program"], QUICK)


async def test_what_a_dead_program_is_told_is_lost() -> None:
    """Writing to a program that has gone is no error of ours."""
    child = await Child.start(script("sys.exit(0)"), QUICK)
    assert await child.line() is None
    for _ in range(3):
        await child.write(b"x" * 100_000)
    await child.end()


def test_an_obituary_says_how_it_ended() -> None:
    """Exit status or signal by name, and the last words."""
    assert obituary(3, "") == "it ended with exit status 3"
    assert obituary(-9, "") == "it was ended by SIGKILL"
    assert obituary(-99, "") == "it was ended by signal 99"
    assert obituary(1, "Oh.") == ("it ended with exit status 1; on standard error: Oh.")
