"""How long the harness waits for a client's program, and how much output it accepts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """The limits of a program, beside the conversation's own times.

    An answer of 256,000 tokens, each shown by an operation and all of them again in the
    final one, keeps to them.

    Attributes:
        hello_s: The longest time from the start to the hello line.
        cancel_s: The longest time from a cancel to the job's end; after it, the process
            is killed.
        bye_s: The longest time from a bye to the process's end; after it, the process
            is killed.
        term_s: The time from SIGTERM to SIGKILL.
        line_bytes: The longest line on standard output.
        stderr_bytes: How many of the last bytes of standard error are kept.
        ops_max: The most operations of one job.
        job_bytes: The most bytes of all lines of one job.
        answer_bytes: The most bytes that a program of level 0 may print.
    """

    hello_s: float = 10.0
    cancel_s: float = 0.5
    bye_s: float = 2.0
    term_s: float = 0.3
    line_bytes: int = 1 << 23
    stderr_bytes: int = 4096
    ops_max: int = 1_000_000
    job_bytes: int = 1 << 28
    answer_bytes: int = 1 << 23
