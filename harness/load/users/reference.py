"""The reference client's core on gevent: the same decisions, other sockets."""

import random
import time
from collections.abc import Iterator
from typing import ClassVar, assert_never

import gevent

from harness.clients import Conversation
from harness.clients.reference import Reference, limits_of
from harness.load.streams.gevent_edge import GeventEdge
from harness.ops import Op
from harness.reference_client.machine import conversation as machine_of
from harness.reference_client.values import (
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
        try:
            answer: Answer = None
            while not isinstance(
                command := machine.advance(answer, time.monotonic()), Done
            ):
                answer = None
                match command:
                    case Relay(_, ops):
                        yield from ops
                    case ReadMore():
                        answer = edge.read(command)
                    case Emit(op):
                        yield op
                    case Call():
                        answer = edge.call(command)
                    case Sleep(seconds):
                        gevent.sleep(seconds)
                    case RunTool(call):
                        tools = conversation.tools
                        answer = ToolDone(tools.get(call.name, tools.get("*", "")))
                    case _:
                        assert_never(command)
        finally:
            edge.close()
