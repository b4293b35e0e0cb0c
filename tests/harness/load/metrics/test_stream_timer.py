"""What is measured of a conversation, by what is seen of it."""

from collections.abc import Callable
from typing import Literal

import msgspec
import pytest

from midstream.harness.load.metrics.measure import StreamTimes
from midstream.harness.load.metrics.stream_timer import Watching
from midstream.harness.record.history import FaultFired, PathFired, PathHealed
from midstream.harness.record.ops import (
    Append,
    Attempt,
    Claim,
    ClientError,
    Notice,
    Op,
    Retract,
    Settle,
)
from midstream.mock_server.core.journal import Entry, Received
from tests.harness.helpers_history import settled
from tests.harness.helpers_wire import head, received, response_end

MS = 1_000_000


class Seen:
    """A conversation that began at 0, told in milliseconds."""

    def __init__(self) -> None:
        self.watching = Watching(0)

    def say(self, at_ms: int, *ops: Op) -> "Seen":
        """Let the client tell."""
        for op in ops:
            self.watching.say(at_ms * MS, op)
        return self

    def hear(self, at_ms: int, *entries: Entry) -> "Seen":
        """Let the server write down."""
        for entry in entries:
            self.watching.hear(at_ms * MS, entry)
        return self

    def note(self, at_ms: int, body: object) -> "Seen":
        """Let something pass the path."""
        self.watching.note(at_ms * MS, body)
        return self

    def times(self, end_ms: int = 1000) -> StreamTimes:
        """Let the client end."""
        self.watching.leave(end_ms * MS)
        return self.watching.times()


def shown(text: str = "a ") -> Append:
    """Return a client's showing of text."""
    return Append(message="m", text=text)


def trouble() -> ClientError:
    """Return a client's noticing of an error."""
    return ClientError(text="reset")


def test_the_first_text_counts_from_the_client_s_own_request() -> None:
    """What it tells goes before what the server read, which is later."""
    seen = Seen().say(100, Attempt(what="create_run")).hear(130, received())
    assert seen.say(300, shown()).times().ttfts_s == (0.2,)


def test_the_first_text_counts_from_what_the_server_read_else() -> None:
    """A client that tells of no attempts is measured from where it was heard."""
    seen = Seen().hear(130, received()).say(300, shown())
    assert seen.times().ttfts_s == (0.17,)


def test_a_turn_is_asked_for_once() -> None:
    """A repeated request does not make the user's wait any shorter."""
    seen = Seen().say(100, Attempt(what="create_run"), trouble())
    seen.say(200, Attempt(what="create_run")).hear(210, received(3))
    assert seen.say(500, shown()).times().ttfts_s == (0.4,)


def test_each_turn_is_asked_for_anew() -> None:
    """A turn that was settled is over, and the next one has a wait of its own."""
    seen = Seen().say(0, Attempt(what="create_run")).say(100, shown(), settled())
    seen.say(600, Attempt(what="create_run")).say(650, shown())
    assert seen.times().ttfts_s == (0.1, 0.05)


@pytest.mark.parametrize(
    "op", [shown(""), Retract(message="m", count=1), Notice(text="x")]
)
def test_only_new_text_is_a_token(op: Op) -> None:
    """An empty piece, what is taken back, and what is no answer are none."""
    assert len(Seen().say(100, op).times().tokens_us) == 0
    assert list(Seen().say(100, op).say(200, shown()).times().tokens_us) == [200_000]


def test_requests_are_those_the_client_tells_of() -> None:
    """A path that is down lets none through, so the server's count is not asked."""
    seen = Seen().say(10, Attempt(what="create_thread"))
    seen.hear(15, received(1)).say(20, Attempt(what="create_run"))
    assert seen.hear(25, received(2)).times().attempts_us == (10_000, 20_000)


def test_requests_are_those_the_server_read_else() -> None:
    """A client that tells of none is counted from the other side."""
    seen = Seen().hear(15, received(1, "create_thread")).hear(25, received(2))
    assert seen.times().attempts_us == (15_000, 25_000)


def test_the_client_repeats_what_was_in_trouble() -> None:
    """The same request again, behind an error, is a repetition; once an error."""
    seen = Seen().say(10, Attempt(what="create_run"), trouble())
    seen.say(20, Attempt(what="poll")).say(30, Attempt(what="create_run"))
    seen.say(40, Attempt(what="create_run"))
    assert seen.times().retries_us == (30_000,)


def test_the_client_repeats_nothing_that_went_well() -> None:
    """Polling, and the same request in a later turn, repeat nothing."""
    seen = Seen().say(10, Attempt(what="poll"), Attempt(what="poll"))
    seen.say(20, Attempt(what="create_run"), trouble(), settled("failed"))
    assert seen.say(30, Attempt(what="create_run")).times().retries_us == ()


ENDS: dict[str, tuple[list[Entry], bool]] = {
    "ended well": ([head(), response_end("clean")], False),
    "was refused": ([head(status=503), response_end("clean")], True),
    "broke": ([head(), response_end("rst")], True),
    "was left": ([head(), response_end("gone")], True),
    "was never answered": ([], True),
}


@pytest.mark.parametrize(("answer", "is_again"), ENDS.values(), ids=ENDS)
def test_the_server_sees_a_repetition(answer: list[Entry], is_again: bool) -> None:
    """A request like one that did not end well is one; behind a good end it is not."""
    seen = Seen().hear(10, received(2), *answer).hear(20, received(3))
    assert seen.times().retries_us == ((20_000,) if is_again else ())


@pytest.mark.parametrize(("count", "again"), [(None, ()), (0, ()), (1, (20_000,))])
def test_the_sdk_says_itself_that_it_repeats(
    count: int | None, again: tuple[int, ...]
) -> None:
    """The server saw a response end well that was lost behind it."""
    seen = Seen().hear(10, received(2), head(), response_end("clean"))
    seen.hear(20, msgspec.structs.replace(received(3), retry_count=count))
    assert seen.times().retries_us == again


def test_what_the_server_never_read_before_is_no_repetition_to_it() -> None:
    """Else there would be more repetitions than requests that they repeat."""
    seen = Seen().hear(20, msgspec.structs.replace(received(3), retry_count=2))
    assert (seen.times().attempts_us, seen.times().retries_us) == ((20_000,), ())


@pytest.mark.parametrize(
    ("cut_ms", "again"),
    [(5, ()), (12, (20_000,)), (17, (20_000,)), (25, ())],
    ids=["before it", "in the response", "behind it", "later"],
)
def test_a_response_that_was_cut_on_the_path_has_failed(
    cut_ms: int, again: tuple[int, ...]
) -> None:
    """Whatever the server saw of its end, and however late we hear of it."""
    seen = Seen().note(cut_ms, PathFired(fault="f1", cut_at=9))
    seen.hear(10, received(2)).hear(15, head(), response_end("clean"))
    assert seen.hear(20, received(3)).times().retries_us == again


def test_a_cut_does_not_fail_what_was_over_before() -> None:
    """Only the response that was read last can have been under way."""
    seen = Seen().hear(10, received(1, "get_run"), response_end(req=1))
    seen.hear(20, received(2)).note(25, PathFired(fault="f1", cut_at=9))
    assert seen.hear(30, received(3, "get_run")).times().retries_us == ()


def test_another_request_repeats_nothing() -> None:
    """Two requests are alike if operation and path are."""
    seen = Seen().hear(10, received(1, "get_run")).hear(20, received(2, "list_runs"))
    assert seen.times().retries_us == ()


DISTURBED: dict[str, Callable[[Seen], Seen]] = {
    "the client noticed": lambda seen: seen.say(50, trouble()),
    "the path was cut": lambda s: s.note(50, PathFired(fault="f1", cut_at=9)),
    "the server struck": lambda s: s.hear(
        50, FaultFired(fault="f1", req=2, conn=1, offset=0)
    ),
    "the server ended it by FIN": lambda s: s.hear(50, response_end("fin")),
    "the server ended it by RST": lambda s: s.hear(50, response_end("rst")),
}


@pytest.mark.parametrize("disturb", DISTURBED.values(), ids=DISTURBED)
def test_a_disturbance_is_seen(disturb: Callable[[Seen], Seen]) -> None:
    """From then on the user waits for new text."""
    seen = disturb(Seen().hear(10, received(2)))
    assert seen.watching.is_disturbed
    (recovery,) = seen.say(250, shown()).times().recoveries
    assert recovery.seconds == 0.2


@pytest.mark.parametrize("how", ["clean", "gone"])
def test_an_end_that_nobody_forced_disturbs_nothing(
    how: Literal["clean", "gone"],
) -> None:
    """A client may leave; a response may be over; a path may be healed."""
    seen = Seen().hear(10, received(2), head(), response_end(how))
    seen.note(20, PathHealed(fault="f1")).say(
        30, shown(), Settle(turn=0, claim="failed")
    )
    assert not seen.watching.is_disturbed
    assert seen.times().recoveries == ()


def waited_in_vain(seen: Seen) -> list[tuple[float, int]]:
    """Return the waits in vain of *seen*: their seconds, and where they ended."""
    return [(wait.seconds, wait.until_us) for wait in seen.times().in_vain]


def test_a_turn_that_failed_was_waited_for_in_vain() -> None:
    """A client that tells of no trouble tells its user at least that it gave up."""
    seen = Seen().hear(10, received(2)).say(90, shown()).say(200, settled("failed"))
    assert waited_in_vain(seen) == [(0.0, 200_000)]


def test_a_wait_in_vain_ends_with_its_turn() -> None:
    """The next turn's text is no recovery of this one."""
    seen = Seen().say(50, trouble()).say(200, settled("failed")).say(300, shown())
    assert seen.times().recoveries == ()
    assert waited_in_vain(seen) == [(0.15, 200_000)]


def test_an_end_in_the_middle_of_a_turn_is_one_in_vain() -> None:
    """A client that crashes, or never comes back, has settled nothing."""
    assert waited_in_vain(Seen().hear(10, received(2))) == [(0.0, 1_000_000)]
    again = Seen().say(90, settled()).hear(100, received(3))
    assert waited_in_vain(again) == [(0.0, 1_000_000)]


@pytest.mark.parametrize("claim", ["complete", "incomplete", "cancelled"])
def test_what_was_not_given_up_was_not_in_vain(claim: Claim) -> None:
    """Nor is it if the server's word of a turn is heard behind the turn's end."""
    seen = Seen().say(90, shown(), settled(claim)).hear(10, received(2))
    assert waited_in_vain(seen) == []


def test_a_run_s_request_is_known_by_its_family() -> None:
    """A thread that is made with a run asks for the run."""
    thread = Received(
        req=1,
        conn=1,
        op="create_thread_and_run",
        method="POST",
        path="/v1/threads/runs",
        attempt=1,
        role="generate",
    )
    assert Seen().hear(40, thread).say(90, shown()).times().ttfts_s == (0.05,)
    told = Seen().say(40, Attempt(what="create_thread_and_run")).say(90, shown())
    assert told.times().ttfts_s == (0.05,)
