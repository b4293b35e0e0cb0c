"""What our Node programs share, as a process: runtimes/node/programs/protocol.mjs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.runtimes.node.helpers_node import Program, needs_node, speaking

pytestmark = [needs_node, pytest.mark.process]

ODD = """
const never = new Promise(() => {});
const acts = {
  print: () => console.log("stray"),
  throw: () => { throw new SyntaxError("no JSON"); },
  reject: () => { Promise.reject(new RangeError("nobody awaits")); return never; },
  hang: () => never,
  late: (emit, signal) => new Promise((resolve) => signal.addEventListener(
    "abort", () => { emit({ op: "notice", text: "late" }); resolve(); })),
};
serve({ name: "odd", version: "1", level: 2 }, async (job, emit, signal) => {
  const [turn] = job.turns;
  emit({ op: "append", message: "m", text: turn });
  await acts[turn]?.(emit, signal);
});
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Return a program that has said hello."""
    with speaking(tmp_path / "odd.mjs", ODD) as running:
        hello = running.hear()
        expected = {"op": "hello", "protocol": 1, "name": "odd"}
        assert hello == {**expected, "version": "1", "level": 2}
        yield running


def append(job: str, text: str) -> dict[str, str]:
    """Return what the program says first in each job."""
    return {"op": "append", "message": "m", "text": text, "job": job}


def end(job: str, **more: str) -> dict[str, str]:
    """Return how a job ends."""
    return {"op": "end", "job": job, **more}


def test_one_job_after_another(program: Program) -> None:
    """Each job's operations carry its name, and come before its end."""
    for name, turn in (("j1", "one"), ("j2", "zwei 🦜")):
        program.job(name, turn)
        assert [program.hear(), program.hear()] == [append(name, turn), end(name)]


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\u0085", "\r"])
def test_a_line_ends_with_a_line_feed_only(program: Program, odd: str) -> None:
    """What other programs take for the end of a line may stand in a turn."""
    program.job("j1", f"a{odd}b")
    assert program.hear() == append("j1", f"a{odd}b")


def test_what_is_thrown_is_a_crash(program: Program) -> None:
    """It is told with its class and its message, and the next job is served."""
    program.job("j1", "throw")
    program.job("j2", "x")
    told = [program.hear() for _ in range(4)]
    assert end("j1", crash="SyntaxError: no JSON") in told
    assert end("j2") in told


def test_a_rejection_that_nobody_awaits_is_a_crash(program: Program) -> None:
    """A program of its own would die of it, so the job does, and says why."""
    program.job("j1", "reject")
    program.hear()
    assert program.hear() == end("j1", crash="unhandled RangeError: nobody awaits")
    program.job("j2", "x")
    assert [program.hear(), program.hear()] == [append("j2", "x"), end("j2")]


def test_a_cancelled_job_ends_at_once(program: Program) -> None:
    """Even one that hears nothing ends, and what it says afterwards is not told."""
    for name, turn in (("j1", "hang"), ("j2", "late")):
        program.job(name, turn)
        program.hear()
        program.say(do="cancel", job=name)
        assert program.hear() == end(name)
    program.job("j3", "x")
    assert program.hear() == append("j3", "x")


def test_several_jobs_at_once(program: Program) -> None:
    """One that waits keeps no other from its end."""
    program.job("j1", "hang")
    program.job("j2", "x")
    told = [program.hear() for _ in range(3)]
    assert told == [append("j1", "hang"), append("j2", "x"), end("j2")]


def test_standard_output_belongs_to_the_protocol(program: Program) -> None:
    """What is printed goes to standard error."""
    program.job("j1", "print")
    assert [program.hear(), program.hear()] == [append("j1", "print"), end("j1")]
    assert program.leave() == (0, "", "stray\n")


def test_bye_ends_it_whatever_it_does(program: Program) -> None:
    """It leaves with exit status 0 although a job has not ended."""
    program.job("j1", "hang")
    program.hear()
    program.say(do="bye")
    assert program.leave() == (0, "", "")


def test_it_does_not_outlive_its_input(program: Program) -> None:
    """When standard input ends, it leaves, in the middle of a job."""
    program.job("j1", "hang")
    program.hear()
    assert program.leave() == (0, "", "")
