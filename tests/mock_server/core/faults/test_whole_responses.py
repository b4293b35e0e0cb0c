"""Faults that answer in place of the true response, or close in place of it."""

import json

import pytest

from midstream.mock_server.core.faults.drop_before_headers import DropBeforeHeaders
from midstream.mock_server.core.faults.empty_body import EmptyBody
from midstream.mock_server.core.faults.http_status import HttpStatus
from midstream.mock_server.core.faults.retry_after import RetryAfter
from midstream.mock_server.core.faults.wrong_content_type import WrongContentType
from midstream.mock_server.core.steps import Abort, Finish, Head, Send
from tests.mock_server.core.faults.helpers_steps import HEAD, STEPS, sent, struck


def head(fault: HttpStatus | RetryAfter | WrongContentType) -> Head:
    """Return the head of the response that *fault* makes."""
    first = struck(fault)[0]
    assert isinstance(first, Head)
    return first


def test_http_status_sends_the_error_envelope() -> None:
    """Without a body of its own the response is the API's error object."""
    fault = HttpStatus(status=400, message="No.", type="invalid_request_error")
    error = json.loads(sent(struck(fault)))["error"]
    assert error == {
        "message": "No.",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    assert head(fault).status == 400
    assert struck(fault)[-1] == Finish()


def test_http_status_sends_raw_text() -> None:
    """A body given as text goes out as it is, with its own media type and length."""
    fault = HttpStatus(status=502, body="<h1>é</h1>", content_type="text/html")
    assert struck(fault) == [
        Head(502, {"content-type": "text/html", "content-length": "11"}),
        Send("<h1>é</h1>".encode()),
        Finish(),
    ]


def test_http_status_may_have_an_empty_body() -> None:
    """An empty body is no body, not an empty piece."""
    assert not sent(struck(HttpStatus(status=503, body="")))
    assert len(struck(HttpStatus(status=503, body=""))) == 2


def test_http_status_headers_win() -> None:
    """A header given by the author replaces the usual one, whatever its case."""
    made = head(HttpStatus(headers={"Content-Type": "a/b", "X-Should-Retry": "false"}))
    assert made.headers["content-type"] == "a/b"
    assert made.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("kind", [HttpStatus, DropBeforeHeaders, WrongContentType])
def test_commit_says_whether_the_request_takes_effect(
    kind: type[HttpStatus | DropBeforeHeaders | WrongContentType],
) -> None:
    """With commit "after" the effect happens, with "before" it does not."""
    assert kind(commit="after").commits
    assert not kind(commit="before").commits


RETRIES = {
    "seconds": (
        RetryAfter(wait_s=2, form="seconds"),
        {"retry-after": "2"},
        {},
    ),
    "broken seconds": (
        RetryAfter(wait_s=0.25, form="seconds"),
        {"retry-after": "0.25"},
        {},
    ),
    "milliseconds": (
        RetryAfter(wait_s=0.25, form="ms"),
        {"retry-after-ms": "250"},
        {},
    ),
    "a date": (RetryAfter(wait_s=2, form="date"), {}, {"retry-after": 2.0}),
}


@pytest.mark.parametrize(("fault", "told", "dates"), RETRIES.values(), ids=RETRIES)
def test_retry_after_says_how_long(
    fault: RetryAfter, told: dict[str, str], dates: dict[str, float]
) -> None:
    """The wait stands in one header in the form asked for, and nowhere else."""
    made = head(fault)
    waits = {k: v for k, v in made.headers.items() if k.startswith("retry")}
    assert (waits, made.dates_in_s) == (told, dates)


def test_retry_after_refuses_the_request() -> None:
    """The status is 429 or 503, the code the API's own, and nothing takes effect."""
    assert head(RetryAfter()).status == 429
    assert head(RetryAfter(status=503)).status == 503
    body = json.loads(sent(struck(RetryAfter())))
    assert body["error"]["code"] == "rate_limit_exceeded"
    assert not RetryAfter().commits


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_drop_before_headers_sends_nothing(how: str) -> None:
    """Not a byte goes out, and the connection closes in the way asked for."""
    fault = DropBeforeHeaders(how="rst" if how == "rst" else "fin")
    assert struck(fault) == [Abort(fault.how)]
    assert fault.how == how


def test_wrong_content_type_is_a_success_by_its_status() -> None:
    """The page comes with 200, its own media type, and no event."""
    fault = WrongContentType(body="<p>x")
    assert head(fault).status == 200
    assert head(fault).headers["content-type"].startswith("text/html")
    assert sent(struck(fault)) == b"<p>x"
    assert not sent(struck(WrongContentType(body="")))


def test_empty_body_keeps_the_head() -> None:
    """The head of the stream goes out as it was, then the end."""
    assert struck(EmptyBody()) == [HEAD, Finish()]


def test_empty_body_behind_the_head_only_ends() -> None:
    """Struck behind the head, all that is left to send is the end."""
    assert struck(EmptyBody(), STEPS[1:]) == [Finish()]
