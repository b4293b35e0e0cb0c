"""Clients in any language: programs that the harness starts and talks to in lines.

`protocol` and `dialogue` are pure: what a line means, and what may be said when.
`child` is a process, `speaker` one process that speaks the protocol, `program` the
harness client over as many of them as it takes; `level0` is the client over a
program that knows no protocol. What a program does wrong is never ours to hide: it
ends the conversation as `ProgramError`.
"""

from midstream.harness.errors import HarnessError


class ProgramError(HarnessError, ChildProcessError):
    """The client's program did what no client may; the message says what, and where.

    The runner writes it down as how the client ended: it is data, as all that a client
    does. Only where there is no run yet, because nobody knows who the client is, does
    it end the command.
    """
