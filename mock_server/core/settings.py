"""How one session of the server behaves, as data that may come from a file."""

from typing import Annotated, Literal, TypeAlias

import msgspec

Chunking: TypeAlias = Literal["event", "recorded"]


class SessionSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The settings of a session.

    Attributes:
        dialect: The file that declares the dialect of the cassettes, or its name; None:
            each cassette says its own.
        cassettes: Names of cassettes: the first answers the first turn of a thread,
            and so on; the last one answers all further turns.
        speed: 1.0 plays at recorded pace, 2.0 twice as fast, 0 without any waiting.
        chunking: "event": each event goes out when it was complete, as one piece;
            "recorded": the recorded chunks go out at the recorded times, also where
            one ends inside an event or a character, up to where a fault strikes. None:
            as recorded if the recording is verbatim, else an event at a time.
        tail_s: How long a stream stays open behind its last event, at any speed; a page
            that is busy just then may read the two together.
        on_disconnect: What happens to a run whose stream loses its client.
        seed: The seed that ids are drawn from.
        shape: "spec" fills in what the specification requires and the real server
            left out, so that strict clients validate; "recorded" sends events as the
            cassette has them, and messages over REST without their status.
        poll_after_ms: The header ``openai-poll-after-ms`` of a run that is read.
        expire_after_s: How long a run lives; None keeps the recorded ``expires_at``,
            and no run expires.
        shows_partial: Whether a list of messages shows the one being written.
        knows_any_assistant: Whether a run may name an assistant that nobody created.
    """

    dialect: str | None = None
    cassettes: tuple[str, ...] = ("openai_assistants/short_answer",)
    speed: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    chunking: Chunking | None = None
    tail_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    on_disconnect: Literal["continue", "cancel"] = "continue"
    seed: int = 0
    shape: Literal["spec", "recorded"] = "spec"
    poll_after_ms: Annotated[int, msgspec.Meta(ge=0)] | None = None
    expire_after_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    shows_partial: bool = True
    knows_any_assistant: bool = False
