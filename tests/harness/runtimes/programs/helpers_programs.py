"""Small programs, good and bad, and whether anything is left of them."""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from textwrap import dedent

from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.runtimes.programs.limits import ProgramLimits

QUICK = ProgramLimits(hello_s=20.0, cancel_s=10.0, bye_s=10.0, term_s=0.2)
"""Patient with good programs, however busy the machine is."""
IMPATIENT = ProgramLimits(hello_s=20.0, cancel_s=0.2, bye_s=0.3, term_s=0.2)
"""For bad programs, which would not do it in any time."""
TALK = Conversation(base_url="http://127.0.0.1:9/v1", api_key="k", turns=("Hi.",))
HELLO = '{"op":"hello","protocol":1,"name":"tiny","version":"1","level":1}'

MARK = f"of midstream's test process {os.getpid()}"
"""Stands in the command line of every program made here, and in no other."""

_PRELUDE = f"""\
# {MARK}
import json, os, signal, subprocess, sys, time
def say(op, **fields):
    print(json.dumps(dict(op=op, **fields)), flush=True)
def hear():
    return json.loads(sys.stdin.readline())
hello = {HELLO!r}
"""
GOOD = """\
print(hello, flush=True)
while (order := hear())["do"] == "job":
    say("append", job=order["job"], message="m", text=order["turns"][0])
    say("settle", job=order["job"], turn=0, claim="complete")
    say("end", job=order["job"])
"""


def script(body: str) -> list[str]:
    """Return the argument vector of a Python program; it may use ``say``, ``hear``."""
    return [sys.executable, "-c", _PRELUDE + dedent(body)]


def talker(body: str) -> list[str]:
    """Return a program that says hello, gets a job called ``job``, and does *body*."""
    return script(
        'print(hello, flush=True)\njob = hear()["job"]\n' + dedent(body).lstrip()
    )


async def said(ops: AsyncGenerator[Op, None]) -> list[Op]:
    """Return all that is said."""
    async with aclosing(ops):
        return [op async for op in ops]


def alive(mark: str) -> list[str]:
    """Return the command lines of the processes that have *mark* in theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has just gone
            continue
        if mark in line:
            found.append(line)
    return found
