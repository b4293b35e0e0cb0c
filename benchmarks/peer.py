"""What other fake servers are told, so that they stream what ours does. No I/O.

Each is a newcomer's server as its package starts it, but for its log. A stream has as
many events, of about as many bytes, as ours; their dialect is that of chat completions.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

_PATH: Final = "/v1/chat/completions"
_QUESTION: Final = "Go on."
_FRAME_EVENTS: Final = 3
"""Events that are no text: the role, the end, and "[DONE]"."""
LLMOCK_CHARS: Final = 12
AIMOCK_CHARS: Final = 50
"""How long a piece of text is, so that an event is about as long as one of ours."""


class PeerOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to start a peer; ``{port}`` and ``{fixture}`` in *command* are filled in.

    *fixture* is the content of a file that it reads, and *setup* what is posted to
    *setup_path* once it listens; empty: nothing.
    """

    command: tuple[str, ...]
    fixture: str = ""
    setup_path: str = ""
    setup: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """What has to be installed, exactly, by *installer*: "pip" or "npm"."""

    name: str
    version: str
    installer: str

    @property
    def folder(self) -> str:
        """A name for where it is, other for another version."""
        return f"{self.name.replace('/', '-').removeprefix('@')}-{self.version}"


LLMOCK: Final = Package("llmock", "0.2.2", "pip")
AIMOCK: Final = Package("@copilotkit/aimock", "1.43.0", "npm")


def llmock(program: str, events: int, interval_s: float) -> PeerOrder:
    """Return how llmock is started and told to answer with *events* events."""
    words = (
        f"{number:0{LLMOCK_CHARS - 1}}" for number in range(events - _FRAME_EVENTS)
    )
    reply = {"type": "reply", "text": " ".join(words), "times": None}
    pace = ("--stream-chunk-delay-ms", _ms(interval_s)) if interval_s else ()
    return PeerOrder(
        command=(
            *(program, "serve", "--port", "{port}", "--log-level", "warning"),
            *pace,
        ),
        setup_path="/_llmock/scenario",
        setup=msgspec.json.encode({"behaviors": [reply]}).decode(),
    )


def aimock(node: str, script: str, events: int, interval_s: float) -> PeerOrder:
    """Return how aimock is started, with a fixture of *events* events."""
    content = "x" * AIMOCK_CHARS * (events - _FRAME_EVENTS)
    fixture = {"match": {"userMessage": _QUESTION}, "response": {"content": content}}
    pace = ("--latency", _ms(interval_s)) if interval_s else ()
    return PeerOrder(
        command=(
            *(node, script, "--port", "{port}", "--fixtures", "{fixture}"),
            *("--chunk-size", str(AIMOCK_CHARS), "--log-level", "silent"),
            *pace,
        ),
        fixture=msgspec.json.encode({"fixtures": [fixture]}).decode(),
    )


def request() -> bytes:
    """Return what makes a peer stream."""
    body = msgspec.json.encode(
        {
            "model": "gpt-4o",
            "messages": [{"role": "user", "content": _QUESTION}],
            "stream": True,
        }
    )
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Authorization: Bearer sk-bench\r\n"
        "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"
