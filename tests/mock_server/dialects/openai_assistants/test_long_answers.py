"""An answer that is four times as long takes four times as long, and not more."""

from collections.abc import Callable
from functools import cache

from benchmarks.unit import spoken
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.sse import frame
from midstream.mock_server.dialects.openai_assistants import recordings
from midstream.mock_server.recordings.cassette import Cassette
from tests.scaling import BEARABLE, growth

from .helpers_account import Account

TOKENS = 5_000
PLANS = 2_000


@cache
def long_answer(tokens: int) -> Cassette:
    """Return a run that says a long text: its bytes outweigh what a token costs."""
    return spoken(tokens, token_chars=100)


def test_a_recording_is_checked_in_linear_time() -> None:
    """What deltas add up to is not written anew with each of them."""

    def prepare(tokens: int) -> Callable[[], object]:
        cassette = long_answer(tokens)
        return lambda: recordings.check(cassette)

    assert growth(prepare, TOKENS) < BEARABLE


def test_what_was_said_so_far_is_read_in_linear_time() -> None:
    """A message that is read in the middle of an answer is put together once."""

    def prepare(tokens: int) -> Callable[[], object]:
        account = Account(long_answer(tokens))
        thread = account.thread()
        account.run(thread)
        account.play(tokens - 100)  # the message is not completed yet
        return lambda: account.ok("GET", f"{thread}/messages")

    assert growth(prepare, TOKENS) < BEARABLE


def test_an_answer_read_in_the_middle_is_the_sum_of_its_tokens() -> None:
    """However much was published since the message was read before."""
    account = Account(spoken(300, token_chars=7))
    thread = account.thread()
    account.run(thread)

    account.play(100)
    first = _text(account, thread)
    account.play(100)
    second = _text(account, thread)

    assert (len(first) // 7, len(second) // 7) == (94, 194)
    assert second.startswith(first)
    assert [int(second[i : i + 7]) for i in range(0, len(second), 7)] == [*range(194)]


def test_a_log_of_many_plans_takes_linear_time() -> None:
    """Each round of tools plans anew: what was planned before is not gone through."""

    def prepare(plans: int) -> Callable[[], object]:
        entries = [Entry(name="x", data=frame("x", "{}"), ends_segment=True)]

        def play() -> None:
            log = EventLog("run_1")
            for _ in range(plans):
                log.plan(Segment(entries))
                log.publish()
                assert len([*log.take_unapplied()]) == 1
            assert log.size == plans
            assert all(log.entry(index) is entries[0] for index in range(plans))

        return play

    assert growth(prepare, PLANS) < BEARABLE


def _text(account: Account, thread: str) -> str:
    """Return what the assistant has said so far."""
    messages = account.ok("GET", f"{thread}/messages")["data"]
    (said,) = (m for m in messages if m["role"] == "assistant")
    return str(said["content"][0]["text"]["value"])
