from midstream.mock_server.core.replies import trailing
from midstream.mock_server.core.steps import (
    Abort,
    Finish,
    Head,
    Pause,
    Send,
    Span,
    Step,
)
from tests.mock_server.core.helpers_log import log

HEAD = Head(200, {})
EVENT = Send(b"data: 1\n\n", 0, "e")
BODY = Send(b"{}")


def trailed(*steps: Step) -> list[Step]:
    """Return *steps* with a tail of half a second."""
    return list(trailing(iter(steps), 0.5))


def test_a_stream_stays_open_behind_its_last_event() -> None:
    """The wait stands between what was sent last and the end."""
    assert trailed(HEAD, EVENT, Finish()) == [HEAD, EVENT, Pause(0.5), Finish()]
    span = Span(log("a"), 0)
    assert trailed(HEAD, span, Finish()) == [HEAD, span, Pause(0.5), Finish()]


def test_a_body_that_is_no_stream_ends_at_once() -> None:
    """An answer in JSON, or a head alone, has no tail."""
    assert trailed(HEAD, BODY, Finish()) == [HEAD, BODY, Finish()]
    assert trailed(HEAD, Finish()) == [HEAD, Finish()]


def test_what_breaks_off_breaks_off_at_once() -> None:
    """A connection that is aborted does not wait for anything."""
    assert trailed(HEAD, EVENT, Abort()) == [HEAD, EVENT, Abort()]
