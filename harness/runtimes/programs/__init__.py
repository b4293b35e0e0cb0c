"""Clients in any language: programs that the harness starts and talks to in JSON Lines.

`protocol` and `dialogue` are pure: the meaning of a line, and which lines are allowed
when. `child` is a process, `speaker` a process that speaks the protocol, and `program`
the client that uses as many of them as it needs. `level0` is the client for a program
that does not speak the protocol. A program's mistake is never hidden: it ends the
conversation with a `ProgramError`. Nothing here judges.
"""

from midstream.harness.errors import HarnessError


class ProgramError(HarnessError, ChildProcessError):
    """The client's program broke a rule; the message says which, and where.

    A run records it as the client's end: what a client does is data. Before any run,
    when the client has not said its name, it ends the command.
    """
