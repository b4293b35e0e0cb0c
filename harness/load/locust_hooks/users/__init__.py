"""Locust users who hold streamed conversations, each of which is judged.

One client under test a file. `load.generator` holds the conversations. Your own user is
a class with one method:

    class MyUser(StreamingUser):
        client_info = ClientInfo(name="mine", version="1", level=1)

        def converse(self, conversation):
            for token in my_client.ask(conversation.base_url, conversation.turns[0]):
                yield Append(message="answer", text=token)
            yield Settle(turn=0, claim="complete")
"""

from collections.abc import Iterable
from typing import ClassVar

from midstream.harness.errors import UnavailableError

try:
    from locust import User, task
except ModuleNotFoundError as error:
    raise UnavailableError(
        "StreamingUser needs Locust, which is not installed; "
        "run: pip install 'midstream[load]'"
    ) from error

from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks import plugin
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op


class StreamingUser(User):
    """A user who asks, reads the answer, and asks again.

    Attributes:
        client_info: The client under test, and how much it reports: see `record.case`.
    """

    abstract = True
    client_info: ClassVar[ClientInfo]
    _slot: UserSlot | None = None
    """The user's number, and its path to a server."""

    def converse(self, conversation: Conversation) -> Iterable[Op]:
        """Hold *conversation* and yield what its user sees, as it is seen."""
        raise NotImplementedError

    def on_stop(self) -> None:
        """Free the slot."""
        if self._slot is not None:
            self._slot.leave()

    @task
    def stream(self) -> None:
        """Wait until the next conversation is due, and hold it."""
        if self._slot is None:
            self._slot = plugin.take_slot(self.environment)
        self._slot.serve(self.client_info, self.converse)
