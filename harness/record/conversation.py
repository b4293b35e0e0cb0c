"""The task of a client under test: one conversation with an API."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Conversation:
    """The conversation that the client holds.

    Attributes:
        base_url: Where the API is, with ``/v1``, no slash at the end.
        api_key: The key that names the run's session on the server.
        turns: What the user says, in order; each waits for the answer before it.
        tools: Outputs by function name; the key "*" is for all other functions.
        idle_s: How long the client may wait for the next byte.
        total_s: How long one turn may take before an honest client gives up.
        seed: The seed of the client's randomness, such as jitter.
    """

    base_url: str
    api_key: str
    turns: tuple[str, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    idle_s: float = 2.0
    total_s: float = 10.0
    seed: int = 0
