import shlex
import sys
from pathlib import Path

import pytest

from midstream.harness.cli import main
from tests.harness.runtimes.programs.helpers_programs import GOOD, MARK, alive, script

pytestmark = pytest.mark.process

ANSWERING = """\
from urllib.request import Request, urlopen
def post(job, path, **body):
    head = {"Authorization": "Bearer " + job["api_key"], "OpenAI-Beta": "assistants=v2",
            "Content-Type": "application/json"}
    url = job["base_url"] + path
    return urlopen(Request(url, json.dumps(body).encode(), head), timeout=2)
def begin(job):
    thread = json.load(post(job, "/threads"))["id"]
    assistant = json.load(post(job, "/assistants", model="gpt-4o"))["id"]
    words = job["turns"][0]
    post(job, f"/threads/{thread}/messages", role="user", content=words)
    run = post(job, f"/threads/{thread}/runs", assistant_id=assistant, stream=True)
    return run.read()
print(hello, flush=True)
while (order := hear())["do"] == "job":
    begin(order)
"""
MISSING = {
    "hello": (
        "print('[info] starting', flush=True)\nhear()",
        "it is not JSON",
        'and flush: {"op":"hello"',
    ),
    "settle": (
        ANSWERING + "    say('append', job=order['job'], message='m', text='Be')\n"
        "    say('end', job=order['job'])\n",
        "turn 0 ended",
        '{"op":"settle","job":"j1"',
    ),
    "append": (
        ANSWERING
        + "    say('settle', job=order['job'], turn=0, claim='complete')\n"
        + "    say('end', job=order['job'])\n",
        "SILENT_TRUNCATION",
        '{"op":"append","job":"j1"',
    ),
    "an exception": (
        ANSWERING + "    raise TypeError('x')\n",
        "TypeError: x",
        '{"op":"end","job":"j1","crash":"TypeError: …"}',
    ),
}


@pytest.mark.parametrize(("body", "why", "advice"), MISSING.values(), ids=MISSING)
def test_what_is_missing_is_said_with_the_line_to_add(
    body: str, why: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An author reads what was seen, and what to write; exit code 1."""
    assert main(["client", "check", "--client-cmd", shlex.join(script(body))]) == 1
    told = capsys.readouterr().out
    assert why in told
    assert advice in told
    assert not alive(MARK)


def test_a_program_that_makes_answers_up_is_found_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It never asked the server; what it shows is not what the server said."""
    assert main(["client", "check", "--client-cmd", shlex.join(script(GOOD))]) == 1
    told = capsys.readouterr().out
    assert "✓ says hello: tiny 1, level 1, one job at a time" in told
    assert "✗ shows an answer, settles and ends" in told
    assert told.splitlines()[-1].endswith("missing; see docs/client-protocol.md")


def test_a_capability_that_nobody_asks_for_is_pointed_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip in a word would make scenarios UNSUPPORTED without a sound."""
    body = GOOD.replace(
        "print(hello", 'print(hello[:-1] + \',"capabilities":["tol"]}\''
    )
    main(["client", "check", "--client-cmd", shlex.join(script(body))])
    told = capsys.readouterr().out
    assert "~ no scenario asks for tol" in told
    assert "known: attempts, messages, tools" in told


TEMPLATE = Path(__file__).parents[3] / "docs" / "examples" / "my_client.py"


def test_a_promise_to_tell_attempts_is_held_against_the_program(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Who tells none would have all its repetitions laid at another's door."""
    program = tmp_path / "promising.py"
    text = TEMPLATE.read_text(encoding="utf-8")
    promise = 'level=1, capabilities=["attempts"])'
    program.write_text(text.replace("level=1)", promise), encoding="utf-8")

    command = shlex.join([sys.executable, str(program)])
    assert main(["client", "check", "--client-cmd", command]) == 1

    told = capsys.readouterr().out
    assert "generate: 0 attempts told, 1 request received" in told
    assert 'before each request: {"op":"attempt"' in told


def test_a_program_that_does_not_leave_is_told_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ignoring bye is a fault that no run would show."""
    body = GOOD + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n"
    main(["client", "check", "--client-cmd", shlex.join(script(body))])
    told = capsys.readouterr().out
    assert "✗ exits when it is told to\n    it did not exit within 2 s" in told
    assert not alive(MARK)


def test_a_program_of_level_0_answers_fewer_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No hello, no cancel, no bye: only whether it shows what was said."""
    command = shlex.join(script("print('made up')"))
    options = ["--client-cmd", command, "--client-level", "0"]
    assert main(["client", "check", *options]) == 1
    told = capsys.readouterr().out
    assert "hello" not in told
    assert "✗ shows an answer, settles and ends" in told


def test_a_program_that_is_not_there_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing can be asked of it: exit code 2."""
    assert main(["client", "check", "--client-cmd", "no-such-program"]) == 2
    assert "'no-such-program' is not a program on PATH" in capsys.readouterr().err
