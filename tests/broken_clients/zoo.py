"""Clients wrong on purpose, one flaw each, by the name of the flaw.

The oracle must find each guilty of just that, in the scenario that brings it out.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, ClassVar, cast

import msgspec

from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.ops import Append, Notice, Op, Settle, ToolExec
from midstream.harness.reference_client.decoder import Decoder, Event

from .base import TROUBLE, BrokenStreamError, FailFast, Talk


class SwallowsEof(FailFast):
    """Takes the end of the body for the end of the answer."""

    name = "swallows_eof"

    def ended(self, talk: Talk) -> None:
        """Accept it."""
        talk.status = "completed"


class AsksAgain(FailFast):
    """Sends a request that failed again: *tries* times in all, *wait_s* apart."""

    tries: ClassVar[int]
    wait_s: ClassVar[float]

    async def follow(
        self, talk: Talk, path: str, body: object
    ) -> AsyncGenerator[Op, None]:
        """Ask until it works, or the tries are used up."""
        for left in reversed(range(self.tries)):
            try:
                async for op in super().follow(talk, path, body):
                    yield op
            except TROUBLE:
                if not left:
                    raise
                await asyncio.sleep(self.wait_s)
            else:
                return


class RePosts(AsksAgain):
    """Starts the run again, blindly, as soon as the thread is free."""

    name = "re_posts"
    tries = 100
    wait_s = 0.05


class NoDedupe(FailFast):
    """Reads the whole answer after a drop and adds it to what was shown."""

    name = "no_dedupe"

    async def trouble(
        self, talk: Talk, turn: int, error: Exception
    ) -> AsyncGenerator[Op, None]:
        """Recover by polling, without looking at what is there already."""
        path = f"/threads/{talk.thread}"
        while talk.status != "completed":
            await asyncio.sleep(0.02)
            run = await talk.call("GET", f"{path}/runs/{talk.run}")
            talk.status = run["status"]
        listed = await talk.call("GET", f"{path}/messages?order=asc&run_id={talk.run}")
        for message in listed["data"]:
            for part, block in enumerate(message["content"]):
                text = block["text"]["value"]
                yield Append(message=message["id"], part=part, text=text)
        yield Settle(turn=turn, claim="complete")


class ArrivalOrder(FailFast):
    """Shows deltas as they arrive and never looks at the finished message."""

    name = "arrival_order"

    def snapshot(self, talk: Talk, event: dict[str, Any]) -> list[Op]:
        """Ignore it."""
        return []


class ChunkDecoder:
    """Decodes each chunk by itself, so a character cut in two is lost."""

    def __init__(self) -> None:
        self._decoder = Decoder()

    def feed(self, data: bytes) -> list[Event]:
        """Decode *data* alone."""
        return self._decoder.feed(data.decode(errors="replace").encode())


class PerChunkUtf8(ArrivalOrder):
    """Decodes UTF-8 chunk by chunk."""

    name = "per_chunk_utf8"

    def decoder(self) -> Decoder:
        """Return the broken decoder; it has all of a decoder that is used."""
        return cast("Decoder", ChunkDecoder())


class SilentFailure(FailFast):
    """Stops when the stream breaks, and leaves the user with what there is."""

    name = "silent_failure"

    async def trouble(
        self,
        talk: Talk,
        turn: int,
        error: Exception,
    ) -> AsyncGenerator[Op, None]:
        """End the turn without a word."""
        yield Settle(turn=turn, claim="failed")


class WaitsForever(FailFast):
    """Waits for news after a stall that nobody will end."""

    name = "waits_forever"

    async def trouble(
        self, talk: Talk, turn: int, error: Exception
    ) -> AsyncGenerator[Op, None]:
        """Wait."""
        yield Notice(text=f"{talk.thread}, turn {turn}: {error}", level="info")
        await asyncio.Event().wait()


class CrashesOnComment(FailFast):
    """Takes every line for a field, as some hand-written parsers do."""

    name = "crashes_on_comment"

    async def follow(
        self, talk: Talk, path: str, body: object
    ) -> AsyncGenerator[Op, None]:
        """Stumble over a line that begins with a colon."""
        url = talk.conversation.base_url + path
        async with talk.http.post(url, json=body) as response:
            decoder = Decoder()
            async for chunk in response.content.iter_any():
                for line in chunk.decode(errors="ignore").splitlines():
                    if line and not line.partition(":")[0]:
                        raise IndexError(f"no field in {line!r}")
                for event in decoder.feed(chunk):
                    for op in self.read(talk, event.kind, event.data):
                        yield op


class RetryStorm(AsksAgain):
    """Asks again at once, twenty times."""

    name = "retry_storm"
    profile = Profile(recovery=("restart",), display="may_replace")
    tries = 20
    wait_s = 0.0


class IgnoresRetryAfter(AsksAgain):
    """Asks once more after a fixed short wait, whatever the server says."""

    name = "ignores_retry_after"
    tries = 2
    wait_s = 0.02


class RunsToolsTwice(FailFast):
    """Runs its tools when it sees them, and again when it submits."""

    name = "runs_tools_twice"

    def use_tools(self, talk: Talk) -> list[Op]:
        """Run each tool twice."""
        return [*super().use_tools(talk), *super().use_tools(talk)]


class RunsHalfATool(FailFast):
    """Runs a tool with whatever arguments have come."""

    name = "runs_half_a_tool"

    def use_tools(self, talk: Talk) -> list[Op]:
        """Run with the arguments cut short."""
        return [
            ToolExec(call_id=op.call_id, name=op.name, arguments=op.arguments[:-2])
            for op in super().use_tools(talk)
            if isinstance(op, ToolExec)
        ]


class SettlesTwice(FailFast):
    """Says that it is done, and says it again."""

    name = "settles_twice"

    def settle(self, talk: Talk, turn: int) -> list[Op]:
        """Claim twice."""
        return [*super().settle(talk, turn), *super().settle(talk, turn)]


class CriesWolf(FailFast):
    """Reports a failure although the whole answer is there."""

    name = "cries_wolf"

    def settle(self, talk: Talk, turn: int) -> list[Op]:
        """Claim failure whatever the run says."""
        return [Notice(text=f"lost {talk.run}"), Settle(turn=turn, claim="failed")]


class LeavesNoAnswer(FailFast):
    """Returns without ever saying how it ended."""

    name = "leaves_no_answer"

    async def trouble(
        self, talk: Talk, turn: int, error: Exception
    ) -> AsyncGenerator[Op, None]:
        """Say something that is no claim."""
        yield Notice(text=f"{talk.thread}, turn {turn}: {error}", level="info")


class OneBubble(FailFast):
    """Promises to show messages by themselves, and shows all text as one."""

    name = "one_bubble"

    def info(self) -> ClientInfo:
        """Promise it."""
        promised = ("tools", "messages")
        return msgspec.structs.replace(super().info(), capabilities=promised)

    def delta(self, talk: Talk, event: dict[str, Any]) -> list[Op]:
        """Show the text under one name."""
        return super().delta(talk, {**event, "id": "bubble"})

    def snapshot(self, talk: Talk, event: dict[str, Any]) -> list[Op]:
        """Correct nothing."""
        return []


ZOO = [
    thing
    for thing in list(globals().values())
    if isinstance(thing, type)
    and issubclass(thing, FailFast)
    and thing not in {FailFast, AsksAgain}
]
__all__ = ["ZOO", "BrokenStreamError", "FailFast"]
