"""Clients in any language: programs that the harness starts and talks to in lines.

`protocol` and `dialogue` are pure: what a line means, and what may be said when.
`child` is a process, `speaker` one process that speaks the protocol, `program` the
harness client over as many of them as it takes; `level0` is the client over a
program that knows no protocol. What a program does wrong is never hidden: it ends
the conversation as `ProgramError`. Nothing here judges.
"""

from midstream.harness.errors import HarnessError


class ProgramError(HarnessError, ChildProcessError):
    """The client's program did what no client may; the message says what, and where.

    The run records it as how the client ended: what a client does is data. Before there
    is a run, when nobody knows yet who the client is, it ends the command.
    """
