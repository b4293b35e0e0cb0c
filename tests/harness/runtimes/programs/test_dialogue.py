import pytest

from midstream.harness.record.ops import Notice
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.dialogue import Dialogue
from midstream.harness.runtimes.programs.limits import ProgramLimits
from midstream.harness.runtimes.programs.protocol import End, Said
from tests.harness.runtimes.programs.helpers_programs import HELLO

NOTICE = b'{"op":"notice","job":"j1","text":"x"}'
LIMITS = ProgramLimits(ops_max=2, job_bytes=100)
END = b'{"op":"end","job":"j1"}'


def begun() -> Dialogue:
    """Return a dialogue in which hello was said and the job "j1" is given."""
    dialogue = Dialogue(LIMITS)
    dialogue.hear(HELLO.encode())
    assert dialogue.give() == "j1"
    return dialogue


def test_a_job_may_speak_until_it_ends() -> None:
    """Operations and the end of a job that was given are messages."""
    dialogue = begun()
    assert dialogue.hear(NOTICE) == Said("j1", Notice(text="x"))
    assert dialogue.hear(END) == End(job="j1")
    assert dialogue.jobs == 0


def test_jobs_have_different_names() -> None:
    """A program can tell its jobs apart."""
    dialogue = begun()
    assert [dialogue.give(), dialogue.give()] == ["j2", "j3"]
    assert dialogue.jobs == 3


def test_the_first_line_must_be_hello() -> None:
    """Anything before it is an error in line 1."""
    with pytest.raises(ProgramError, match=r"line 1: .* hello"):
        Dialogue(LIMITS).hear(NOTICE)


def test_hello_is_said_once() -> None:
    """A second one is an error."""
    with pytest.raises(ProgramError, match=r"line 2: .* hello"):
        begun().hear(HELLO.encode())


@pytest.mark.parametrize("line", [NOTICE, END])
def test_a_job_that_is_over_is_silent(line: bytes) -> None:
    """Neither an operation nor a second end may follow the end."""
    dialogue = begun()
    dialogue.hear(END)
    with pytest.raises(ProgramError, match="line 3: there is no job 'j1'"):
        dialogue.hear(line)


def test_a_job_that_was_not_given_is_silent() -> None:
    """A program cannot make up jobs."""
    with pytest.raises(ProgramError, match="there is no job 'j9'"):
        begun().hear(NOTICE.replace(b"j1", b"j9"))


def test_a_job_may_say_only_so_much() -> None:
    """What one job may say is bounded, or judging it would never end."""
    dialogue = begun()
    dialogue.hear(NOTICE)
    dialogue.hear(NOTICE)
    with pytest.raises(ProgramError, match=r"line 4: .* 2 operations"):
        dialogue.hear(NOTICE)


def test_every_line_counts_for_its_number() -> None:
    """The number in the message is the number of the line in the output."""
    dialogue = begun()
    dialogue.hear(NOTICE)
    with pytest.raises(ProgramError, match="line 3: 'x': it is not JSON"):
        dialogue.hear(b"x")
    assert str(dialogue.unreadable("too long")) == "protocol error, line 4: too long"


def test_a_job_may_be_only_so_long() -> None:
    """Few lines can flood as well as many."""
    dialogue = begun()
    dialogue.hear(NOTICE)
    with pytest.raises(ProgramError, match=r"line 3: .* 100 bytes"):
        dialogue.hear(NOTICE.replace(b'"x"', b'"' + b"x" * 70 + b'"'))


def test_what_a_job_may_say_is_counted_for_each() -> None:
    """One job that talks takes nothing from another."""
    dialogue = begun()
    dialogue.give()
    for job in (b"j1", b"j1", b"j2", b"j2"):
        dialogue.hear(NOTICE.replace(b"j1", job))
    assert dialogue.jobs == 2
