"""A tiny server as a pure function: it answers the machine's commands from memory.

It knows one run, whose events and truth are given, and fails on request: for each
operation a queue of reactions, after which all goes well.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from midstream.harness.record.ops import Append, Notice, Op, Replace, Settle
from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.machine import conversation
from midstream.harness.reference_client.values import (
    Answer,
    Call,
    Done,
    Emit,
    Failed,
    ReadMore,
    Relay,
    RunTool,
    Sleep,
    StreamEnded,
    StreamStarted,
    TimedOut,
    ToolDone,
)
from tests.harness.reference_client.helpers_wire import (
    MESSAGE,
    SHORT,
    TEXT,
    THREAD,
    Piece,
    message,
    ok,
    pieces,
    run,
)

LIMITS = Limits(
    idle_s=2.0, total_s=20.0, poll_s=0.5, backoff_base_s=0.1, backoff_max_s=1.0
)


@dataclass(frozen=True)
class After:
    """The request takes effect, but *answer* is what comes back."""

    answer: Answer


Reaction: TypeAlias = Answer | After


@dataclass
class World:
    """The server's state, and the record of what was asked and shown.

    Attributes:
        streams: What each stream brings, in turn; if none is left, it ends at once.
        runs: The run objects that looking shows, in turn; the last one stays.
        truth: The messages that the list shows once a run exists.
        react: Reactions by operation, one a request; behind the last, all is well.
        idle_s: How long the machine was ready to wait for bytes.
        lags: How many lists of messages come back empty first.
    """

    streams: list[list[Piece]] = field(default_factory=lambda: [pieces(SHORT)])
    runs: list[dict[str, Any]] = field(default_factory=lambda: [run("completed")])
    truth: list[dict[str, Any]] = field(default_factory=lambda: [message(TEXT)])
    react: Mapping[str, Sequence[Reaction]] = field(default_factory=dict)
    lags: int = 0
    tool: Callable[[str], str] = lambda _arguments: "42"
    now_s: float = 0.0
    calls: list[Call] = field(default_factory=list)
    called_s: list[float] = field(default_factory=list)
    idle_s: set[float] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    commits: Counter[str] = field(default_factory=Counter)
    keys: dict[str, str] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)
    reading: list[Piece] = field(default_factory=list)

    def answer(self, command: object) -> Answer:
        """Carry out *command*."""
        match command:
            case Call():
                self.calls.append(command)
                self.called_s.append(self.now_s)
                return self._react(command)
            case ReadMore(idle_s):
                self.idle_s.add(idle_s)
                piece = self.reading.pop(0) if self.reading else StreamEnded("clean")
                self.now_s += idle_s if isinstance(piece, TimedOut) else 0.0
                return piece
            case Sleep(seconds):
                self.now_s += seconds
                return None
            case RunTool(wanted, _):
                self.executed.append(wanted.id)
                return ToolDone(self.tool(wanted.arguments))
            case _:
                return None

    def _react(self, asked: Call) -> Answer:
        reactions, nth = self.react.get(asked.what, ()), self.asked[asked.what]
        self.asked[asked.what] += 1
        reaction = reactions[nth] if nth < len(reactions) else None
        if isinstance(reaction, After):
            self._serve(asked)
            return reaction.answer
        if isinstance(reaction, Failed) and reaction.kind == "timeout":
            self.now_s += asked.timeout_s
        return reaction or self._serve(asked)

    def _serve(self, asked: Call) -> Answer:
        if asked.method == "POST":
            self.commits[asked.what] += 1
            body = asked.body or {}
            self.keys[asked.what] = body.get("metadata", {}).get("client_key", "")
        match asked.what:
            case "create_run" | "submit_tools" if asked.is_stream:
                self.reading = self.streams.pop(0) if self.streams else []
                return StreamStarted()
            case "create_run" | "submit_tools" | "poll":
                return ok(self._run())
            case "list_runs":
                known = [self._run()] if self.commits["create_run"] else []
                return ok({"data": known, "has_more": False})
            case "list_messages":
                return ok({"data": self._listed(asked), "has_more": False})
            case "add_message":
                return ok(self._said())
            case what:
                return ok({"id": THREAD if what == "create_thread" else "x"})

    def _run(self) -> dict[str, Any]:
        shown = self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]
        return {"metadata": {"client_key": self.keys.get("create_run", "")}, **shown}

    def _said(self) -> dict[str, Any]:
        key = {"client_key": self.keys["add_message"]}
        return message("?", "msg_0", role="user", run_id=None, metadata=key)

    def _listed(self, asked: Call) -> list[dict[str, Any]]:
        if "run_id" not in asked.path:
            return [self._said()] if self.commits["add_message"] else []
        self.lags -= 1
        return [] if self.lags >= 0 else self.truth


@dataclass
class Played:
    """What came of a conversation."""

    ops: list[Op]
    heard: list[str]
    done: Done
    world: World

    @property
    def whats(self) -> list[str]:
        """The operations asked for, in order, without those that set up."""
        return [c.what for c in self.world.calls[2:]]

    @property
    def shown(self) -> dict[tuple[str, int], str]:
        """What the user sees in the end, by message and part."""
        seen: dict[tuple[str, int], str] = {}
        for op in self.ops:
            if isinstance(op, Append):
                seen[op.message, op.part] = (
                    seen.get((op.message, op.part), "") + op.text
                )
            elif isinstance(op, Replace):
                seen[op.message, op.part] = op.text
        return seen

    @property
    def text(self) -> str:
        """What part 0 of the first message shows in the end."""
        return self.shown.get((MESSAGE, 0), "")

    @property
    def claims(self) -> list[str]:
        """The claims, in order of turns."""
        return [op.claim for op in self.ops if isinstance(op, Settle)]

    @property
    def notices(self) -> str:
        """All that the user was told besides the answer."""
        return "\n".join(op.text for op in self.ops if isinstance(op, Notice))

    def appended(self) -> list[str]:
        """Return the appended texts, in order."""
        return [op.text for op in self.ops if isinstance(op, Append)]

    def replaced(self) -> list[str]:
        """Return the replacing texts, in order."""
        return [op.text for op in self.ops if isinstance(op, Replace)]


def play(
    world: World,
    *,
    turns: Sequence[str] = ("Hello?",),
    stream: bool = True,
    seed: int = 0,
    **limits: float,
) -> Played:
    """Hold a conversation with *world* and return what came of it."""
    machine = conversation(
        turns,
        request={"stream": stream},
        limits=replace(LIMITS, **limits),  # type: ignore[arg-type] # all are numbers
        random=random.Random(seed),
    )
    ops: list[Op] = []
    heard: list[str] = []
    answer: Answer = None
    while not isinstance(command := machine.advance(answer, world.now_s), Done):
        if isinstance(command, Emit):
            ops.append(command.op)
        if isinstance(command, Relay):
            heard.append(command.event.kind)
            ops += command.ops
        answer = world.answer(command)
    return Played(ops, heard, command, world)
