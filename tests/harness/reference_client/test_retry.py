import random

import pytest

from midstream.harness.reference_client.limits import Ledger, Limits, Watch
from midstream.harness.reference_client.retry import (
    backoff_s,
    is_retryable,
    poll_after_s,
    retry_after_s,
)
from midstream.harness.reference_client.values import Response

MIDNIGHT = "Thu, 01 Jan 2026 00:00:00 GMT"
LATER = "Thu, 01 Jan 2026 00:00:07 GMT"
MIDNIGHT_EPOCH_S = 1767225600.0

ASKED: dict[str, tuple[dict[str, str], float | None]] = {
    "nothing": ({}, None),
    "seconds": ({"retry-after": "3"}, 3.0),
    "a fraction": ({"retry-after": "0.5"}, 0.5),
    "milliseconds": ({"retry-after-ms": "250"}, 0.25),
    "milliseconds go before seconds": (
        {"retry-after-ms": "250", "retry-after": "3"},
        0.25,
    ),
    "a date, by the server's clock": ({"retry-after": LATER, "date": MIDNIGHT}, 7.0),
    "a date, by our clock": ({"retry-after": LATER}, 7.0),
    "a date that has passed": ({"retry-after": MIDNIGHT, "date": LATER}, 0.0),
    "an hour": ({"retry-after": "3600"}, 3600.0),
    "a negative number": ({"retry-after": "-1"}, None),
    "infinity": ({"retry-after": "inf"}, None),
    "no number": ({"retry-after": "nan"}, None),
    "words": ({"retry-after": "soon"}, None),
    "empty": ({"retry-after": ""}, None),
}


@pytest.mark.parametrize(("headers", "wait_s"), ASKED.values(), ids=ASKED)
def test_reads_what_the_server_asks(
    headers: dict[str, str], wait_s: float | None
) -> None:
    """RTY-01 to 03: seconds, milliseconds and dates count; nonsense does not."""
    response = Response(429, headers, epoch_s=MIDNIGHT_EPOCH_S)
    assert retry_after_s(response) == wait_s


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(200, True), (408, True), (409, True), (429, True), (500, True), (503, True)]
    + [(status, False) for status in (301, 400, 401, 403, 404, 422)],
)
def test_only_what_may_pass_is_retried(status: int, retryable: bool) -> None:
    """RTY-09: a request that is wrong stays wrong; 200 here is one unreadable."""
    assert is_retryable(Response(status)) is retryable


def test_an_exhausted_quota_is_not_retried() -> None:
    """A 429 for want of money does not pass by waiting."""
    body = b'{"error":{"message":"m","type":"insufficient_quota","code":null}}'
    assert not is_retryable(Response(429, body=body))


def test_backoff_doubles_with_full_jitter() -> None:
    """RTY-05: each wait is drawn between nothing and twice the last bound."""
    limits = Limits(backoff_base_s=1.0, backoff_max_s=4.0)
    draw = random.Random(1)
    for failures, most_s in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0), (9999, 4.0)]:
        drawn = [backoff_s(failures, limits, draw) for _ in range(200)]
        assert 0 <= min(drawn) < most_s / 4
        assert most_s * 3 / 4 < max(drawn) <= most_s


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [(None, 1.0), ("200", 0.2), ("0", 0.1), ("soon", 1.0), ("999999999", 60.0)],
)
def test_the_server_may_set_the_pace_of_looking(
    header: str | None, wait_s: float
) -> None:
    """openai-poll-after-ms is granted within bounds; else the default holds."""
    headers = {} if header is None else {"openai-poll-after-ms": header}
    assert poll_after_s(Response(200, headers), Limits()) == wait_s


def test_a_ledger_counts_to_its_limit() -> None:
    """After the last attempt it is spent; without a limit it never is."""
    ledger, endless = Ledger(2, 3), Ledger(None, 3)
    for _ in range(2):
        assert not ledger.is_spent
        ledger.begin(0.0)
        endless.begin(0.0)
    assert ledger.is_spent
    assert not endless.is_spent


def test_a_ledger_spreads_attempts() -> None:
    """The fourth attempt waits until the first is a second ago."""
    ledger = Ledger(5, 3)
    for now_s in (10.0, 10.1, 10.2):
        assert ledger.wait_s(now_s) == 0.0
        ledger.begin(now_s)
    assert ledger.wait_s(10.25) == pytest.approx(0.75)
    assert ledger.wait_s(11.0) == 0.0


def test_a_watch_never_has_less_than_nothing() -> None:
    """Past its deadline, nothing remains."""
    watch = Watch(now_s=1.0)
    watch.allow(2.0)
    assert watch.remaining_s == 2.0
    watch.now_s = 9.0
    assert watch.remaining_s == 0.0
