"""The reference client under gevent: the same core, driven over gevent's sockets."""

import random
import time
from collections.abc import Iterator
from typing import ClassVar

import gevent

from midstream.harness.clients.reference import Reference, limits_of
from midstream.harness.load.generator.gevent_http import GeventEdge
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.reference_client.machine import conversation as machine_of
from midstream.harness.reference_client.values import (
    Answer,
    Call,
    Done,
    Emit,
    ReadMore,
    Relay,
    RunTool,
    Sleep,
    ToolDone,
)

from . import StreamingUser


class ReferenceUser(StreamingUser):
    """Streams, and reads back what it missed."""

    client_info: ClassVar = Reference().info()

    def converse(self, conversation: Conversation) -> Iterator[Op]:
        """Hold *conversation*, streaming."""
        limits = limits_of(conversation)
        edge = GeventEdge(conversation.base_url, conversation.api_key, limits)
        machine = machine_of(
            conversation.turns,
            request={"stream": True},
            limits=limits,
            random=random.Random(conversation.seed),
        )
        answer: Answer = None
        try:
            while not isinstance(
                command := machine.advance(answer, time.monotonic()), Done
            ):
                answer = None  # below, the most frequent commands come first
                if isinstance(command, ReadMore):
                    answer = edge.read(command)
                elif isinstance(command, Relay):
                    yield from command.ops
                elif isinstance(command, Emit):
                    yield command.op
                elif isinstance(command, Call):
                    answer = edge.call(command)
                elif isinstance(command, Sleep):
                    gevent.sleep(command.seconds)
                else:
                    answer = _tool_done(command, conversation)
        finally:
            edge.close()


def _tool_done(asked: RunTool, conversation: Conversation) -> ToolDone:
    """Return the canned output of the tool."""
    tools = conversation.tools
    return ToolDone(tools.get(asked.call.name, tools.get("*", "")))
