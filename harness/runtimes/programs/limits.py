"""How long the harness waits for a client's program, and how much it takes from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """What a program is granted, beside the conversation's own times.

    Attributes:
        hello_s: From the start to the line that says hello.
        cancel_s: From a cancel to the job's end; then the process is ended.
        bye_s: From a bye to the process's end; then it is ended.
        term_s: From SIGTERM to SIGKILL.
        line_bytes: The longest line on standard output.
        stderr_bytes: How much of standard error's end is kept.
        ops_max: How many operations one job may say.
        job_bytes: How long the lines of one job may be in all.
        answer_bytes: How much a program of level 0 may print.
    """

    hello_s: float = 10.0
    cancel_s: float = 0.5
    bye_s: float = 2.0
    term_s: float = 0.3
    line_bytes: int = 1 << 20
    stderr_bytes: int = 4096
    ops_max: int = 20_000
    job_bytes: int = 1 << 22
    answer_bytes: int = 1 << 20
