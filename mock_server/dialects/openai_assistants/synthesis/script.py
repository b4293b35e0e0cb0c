"""Plays a source: writes the events of its run, in order, at a drawn pace."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from midstream.mock_server.recordings.cassette import Exchange

from . import calls
from .draw import Ids, Pace
from .exchange_writer import ExchangeWriter
from .message import Spoken
from .objects import MadeMessage, MadeRun, MadeStep, Names, Obj, usage
from .source import CallFunctions, End, RunCode, Say, SearchFile, Source
from .tokens import cut, plain

_EPOCH_S = 1_767_225_600
"""The conversations take place on 2026-01-01, an hour later for each seed."""

_ENDS: dict[End, tuple[str | None, str]] = {
    "completed": (None, "completed"),
    "incomplete": ("max_tokens", "completed"),
    "failed": ("run_failed", "failed"),
    "cancelled": ("run_cancelled", "cancelled"),
    "expired": ("run_expired", "expired"),
}
"""For each end of a run: why its last message is incomplete, its last step's status."""


class SourcePlayer:
    """Plays one source into exchanges."""

    def __init__(self, source: Source) -> None:
        """Draw everything from the seed of *source*."""
        random = Random(source.seed)
        self._source = source
        self._ids = ids = Ids(random)
        self._pace = Pace(random, _EPOCH_S + source.seed * 3600)
        self._writer = ExchangeWriter(self._pace)
        self._files: dict[str, str] = defaultdict(ids.file)
        self._usages: list[Obj] = []
        self._names = Names(ids("asst"), ids("thread"), ids("run"))
        self._run = MadeRun(
            source=source,
            tools=source.tools,
            names=self._names,
            created_at=self._pace.stamp,
            max_tokens=_limit(source),
        )
        self._path = f"/v1/threads/{self._names.thread}/runs"
        self._request: Obj = {
            "assistant_id": self._names.assistant,
            "additional_messages": [{"role": "user", "content": source.prompt}],
            "stream": True,
        }

    def play(self) -> tuple[Exchange, ...]:
        """Return the exchanges of the whole conversation."""
        self._pace.wait(150, 220)
        self._emit_run("created")
        self._emit_run("queued")
        self._start()
        *before, last = self._source.steps
        for part in before:
            self._perform(part, "completed")
        self._perform(last, self._source.end)
        self._finish()
        self._writer.end_exchange(self._path, self._request)
        return self._writer.exchanges()

    def _perform(
        self, part: Say | CallFunctions | RunCode | SearchFile, end: End
    ) -> None:
        match part:
            case Say():
                self._say(part, end)
            case CallFunctions():
                self._call(part)
            case RunCode():
                image = self._ids.file() if part.image else None
                self._work(calls.code(part, self._ids("call"), image))
            case SearchFile():
                file = self._files[part.file]
                self._work(calls.search(part, self._ids("call"), file))

    def _say(self, part: Say, end: End) -> None:
        """Create one message, token by token."""
        spoken = Spoken(
            _tokens(part, self._source),
            self._ids.file() if part.image else None,
            self._files,
        )
        message_id = self._ids("msg")
        details = {
            "type": "message_creation",
            "message_creation": {"message_id": message_id},
        }
        step = self._begin_step(details)
        message = MadeMessage(
            id=message_id, names=self._names, created_at=self._pace.stamp
        )
        self._writer.emit("thread.message.created", message.as_object())
        self._writer.emit("thread.message.in_progress", message.as_object())
        for block in spoken.deltas():
            self._pace.wait(20, 40)
            self._delta("thread.message", message.id, {"content": [block]})
        self._break_off(end)
        reason, status = _ENDS[end]
        message = message.ended(spoken.content(), self._pace.stamp, reason)
        self._writer.emit(f"thread.message.{message.status}", message.as_object())
        self._end_step(step.ended(status, self._pace.stamp, self._use(spoken.tokens)))

    def _break_off(self, end: End) -> None:
        """Do what cuts the last message short at this *end*."""
        self._pace.wait(5, 15)
        if end == "cancelled":
            self._run = self._run.at("cancelling")
            self._emit_run("cancelling")
            self._pace.wait(40, 80)
        if end == "expired":
            self._pace.skip_to(self._run.expires_at)

    def _work(self, made: calls.ToolCalls) -> None:
        """Perform calls that the provider itself answers."""
        step = self._begin_calls(made)
        self._pace.wait(100, 200)
        self._end_calls(step, made)

    def _call(self, part: CallFunctions) -> None:
        """Call the user's functions, stop, and go on in another exchange."""
        made = calls.functions(part.calls, lambda: self._ids("call"))
        step = self._begin_calls(made)
        self._run = self._run.waiting(calls.wanted_action(made.done))
        self._emit_run("requires_action")
        self._writer.end_exchange(self._path, self._request)
        self._path = f"/v1/threads/{self._names.thread}/runs/{self._names.run}"
        self._path += "/submit_tool_outputs"
        outputs = [
            {"tool_call_id": call["id"], "output": call["function"]["output"]}
            for call in made.done
        ]
        self._request = {"tool_outputs": outputs, "stream": True}
        self._pace.wait(80, 150)
        self._end_calls(step, made)
        self._run = self._run.at("queued")
        self._emit_run("queued")
        self._start()

    def _begin_calls(self, made: calls.ToolCalls) -> MadeStep:
        step = self._begin_step({"type": "tool_calls", "tool_calls": []})
        for call in made.deltas:
            self._pace.wait(20, 40)
            details = {"type": "tool_calls", "tool_calls": [call]}
            self._delta("thread.run.step", step.id, {"step_details": details})
        return step

    def _end_calls(self, step: MadeStep, made: calls.ToolCalls) -> None:
        details = {"type": "tool_calls", "tool_calls": list(made.done)}
        use = self._use(made.deltas)
        self._end_step(step.ended("completed", self._pace.stamp, use, details))

    def _begin_step(self, details: Obj) -> MadeStep:
        self._pace.wait(220, 300)
        step = MadeStep(
            id=self._ids("step"),
            names=self._names,
            created_at=self._pace.stamp,
            expires_at=self._run.expires_at,
            details=details,
        )
        for verb in ("created", "in_progress"):
            self._writer.emit(f"thread.run.step.{verb}", step.as_object())
        return step

    def _end_step(self, step: MadeStep) -> None:
        self._writer.emit(f"thread.run.step.{step.status}", step.as_object())

    def _delta(self, what: str, object_id: str, change: Obj) -> None:
        name = f"{what}.delta"
        self._writer.emit(name, {"id": object_id, "object": name, "delta": change})

    def _use(self, written: Sequence[object]) -> Obj:
        """Note and return the usage of a step that wrote the tokens *written*."""
        read = len(self._source.instructions) + len(self._source.prompt)
        before = sum(one["completion_tokens"] for one in self._usages)
        self._usages.append(usage(read // 4 + before, len(written)))
        return self._usages[-1]

    def _emit_run(self, event: str) -> None:
        self._writer.emit(f"thread.run.{event}", self._run.as_object())

    def _start(self) -> None:
        """Move the queued run to in_progress."""
        self._pace.wait(20, 60)
        self._run = self._run.at("in_progress", started_at=self._pace.stamp)
        self._emit_run("in_progress")

    def _finish(self) -> None:
        """End the run as the source says, with the sum of its steps' usages."""
        self._pace.wait(5, 15)
        total = usage(
            sum(one["prompt_tokens"] for one in self._usages),
            sum(one["completion_tokens"] for one in self._usages),
        )
        end = self._source.end
        self._run = self._run.at(end, ended_at=self._pace.stamp, usage=total)
        self._emit_run(end)


def _tokens(part: Say, source: Source) -> list[str]:
    """Return the tokens of *part*, unique in all that *source* says."""
    says = [step.text for step in source.steps if isinstance(step, Say)]
    return cut(part.text, "".join(map(plain, says)), source.piece_chars)


def _limit(source: Source) -> int | None:
    """Return the ``max_completion_tokens`` that cuts *source* short, or None."""
    if source.end != "incomplete":
        return None
    says = [step for step in source.steps if isinstance(step, Say)]
    return sum(len(_tokens(say, source)) for say in says)
